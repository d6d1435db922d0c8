#pragma once

// The number of row-invariant products that are wrong, or of which a row depends on others; prints them.
int check_products();
