#pragma once

// The number of functions whose errors are larger than they may be; prints all errors.
int check_functions();
