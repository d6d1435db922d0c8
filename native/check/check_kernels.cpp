/*
 * Runs every kernel with all options against plain double arithmetic, prints one line per kernel, and exits with 1 on
 * any error. On a GPU (built by nvcc) or in the emulation; each twice, and both runs must give the same bits.
 * `check_kernels once` runs once: enough under compute-sanitizer.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gpu.h"
#include "matrix.h"
#include "report.h"
#include "suites.h"

namespace check {

void require_ok(const char *what, carousel_status status) {
  if (status != CAROUSEL_OK) {
    fprintf(stderr, "check_kernels: %s: status %d, %s: %s\n", what, status, carousel_status_name(status),
            carousel_status_text(status));
    exit(1);
  }
}

}  // namespace check

int main(int count, char **arguments) {
  using namespace check;
  int runs = count == 2 && strcmp(arguments[1], "once") == 0 ? 1 : RUNS;
  if (count != 1 && runs == RUNS) {
    fprintf(stderr, "usage: check_kernels [once]\n");
    return 2;
  }
  constexpr void (*suites[])() = {
      check_statuses,    check_persistent, check_replay, check_rnn,       check_lstm,    check_gru,    check_gru_reset_before, check_elementwise,
      check_functions,   check_dropout,   check_rows,    check_sums,   check_norms,            check_losses,
      check_attention,   check_products,  check_optimizers, check_far_rows, check_graphs,      check_refusals};
  bool good = true;
  uint64_t bits[RUNS];
  for (int run = 0; run < runs; run++) {
    printf("%s\n", open_gpu(run));
    report = Report();
    begin_numbers();
    for (auto suite : suites) {
      suite();
    }
    close_gpu();
    good = report.print() && good;
    bits[run] = report.bits();
    printf("bits of all results: %016llx\n\n", static_cast<unsigned long long>(bits[run]));
  }
  if (runs == RUNS && bits[0] != bits[1]) {
    fprintf(stderr, "check_kernels: the two runs gave other bits\n");
    good = false;
  }
  printf("%s\n", good ? "all kernels are right" : "WRONG");
  return good ? 0 : 1;
}
