#include "carousel/ops.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

/* Row numbers from -1 to `most`: a Zipf-like mixture, so that some come often. */
Matrix row_numbers(int count, int most, int number) {
  Matrix spread = Matrix::random(CAROUSEL_F32, 1, count, {0, 0});
  std::vector<double> ids(count);
  for (int r = 0; r < count; r++) {
    double part = std::fabs(spread.at(0, r));
    ids[r] = std::floor(part * part * part * (most + 2)) - 1;
  }
  return Matrix::of(CAROUSEL_I32, 1, count, {number % 4, 0}, ids);
}

void gather(const Case &one, carousel_type to_type) {
  constexpr int table_rows = 7;
  Matrix table = Matrix::random(one.type, table_rows, one.columns, one.layout());
  Matrix ids = row_numbers(one.rows, table_rows - 1, one.number);
  Matrix out = Matrix::filled(to_type, one.rows, one.columns, one.layout(), 7);
  require_ok("gather_rows", carousel_gather_rows(stream(), one.type, to_type, one.rows, one.columns, table.view(),
                                                 ids.pointer<int32_t>(), out.view()));
  for (int r = 0; r < one.rows; r++) {
    int id = static_cast<int>(ids.at(0, r));
    for (int c = 0; c < one.columns; c++) {
      out.set(r, c, id < 0 ? 0 : rounded(to_type, table.at(id, c)));
    }
  }
  table.compare("table", 0, 0);
  out.compare("out", 0, 0);
}

/* Sums in float, in the order of the rows: the very bits are known. */
void scatter(const Case &one, int table_rows) {
  Matrix rows = one.reals();
  Matrix ids = row_numbers(one.rows, table_rows - 1, one.number);
  Matrix table = Matrix::random(CAROUSEL_F32, table_rows, one.columns, one.layout());
  require_ok("scatter_add_rows", carousel_scatter_add_rows(stream(), one.rows, one.columns, rows.view(),
                                                           ids.pointer<int32_t>(), table.view()));
  for (int r = 0; r < one.rows; r++) {
    int id = static_cast<int>(ids.at(0, r));
    for (int c = 0; id >= 0 && c < one.columns; c++) {
      table.set(id, c, static_cast<float>(table.at(id, c)) + static_cast<float>(rows.at(r, c)));
    }
  }
  rows.compare("rows", 0, 0);
  table.compare("table", 0, 0);
}

}  // namespace

void check_rows() {
  report.begin("carousel_gather_rows");
  for (carousel_type to_type : REAL_TYPES) {
    each_case([&](const Case &one) { gather(one, to_type); });
  }
  report.new_case("integers");
  gather(Case{CAROUSEL_I32, 5, 17, 0, 0}, CAROUSEL_I32);
  gather(Case{CAROUSEL_I32, 5, 16, 1, 0}, CAROUSEL_I32);
  each_float_case("carousel_scatter_add_rows", [&](const Case &one) { scatter(one, 1 + one.number % 9); });
  for (int columns : {5, 8}) {
    for (int table_rows : {1, 40, 3000}) {
      report.new_case("1000 rows of " + std::to_string(columns) + " into " + std::to_string(table_rows));
      scatter(Case{CAROUSEL_F32, 1000, columns, 0, 0}, table_rows);
    }
  }
}

}  // namespace check
