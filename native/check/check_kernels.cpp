/*
 * check_kernels [once] [SUITE...]: runs every kernel, or those of the suites, with all options against plain double
 * arithmetic, prints a line per kernel as soon as its cases are through, and exits with 1 on any error. On a GPU
 * (built by nvcc) or in the emulation; each twice, and both runs must give the same bits. `once`: enough under
 * compute-sanitizer. A signal that ends it, as of `timeout`, first makes it say which case of which kernel was running.
 */
#include <sys/uio.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <vector>

#include "gpu.h"
#include "matrix.h"
#include "report.h"
#include "suites.h"

namespace check {

void require_ok(const char *what, carousel_status status) {
  if (status != CAROUSEL_OK) {
    fprintf(stderr, "check_kernels: %s: status %d, %s: %s, in %s\n", what, status, carousel_status_name(status),
            carousel_status_text(status), running_case());
    exit(1);
  }
}

namespace {

struct Suite {
  const char *name;
  void (*run)();
};

constexpr Suite SUITES[] = {
    {"statuses", check_statuses},
    {"persistent", check_persistent},
    {"replay", check_replay},
    {"rnn", check_rnn},
    {"lstm", check_lstm},
    {"gru", check_gru},
    {"gru_reset_before", check_gru_reset_before},
    {"elementwise", check_elementwise},
    {"functions", check_functions},
    {"dropout", check_dropout},
    {"rows", check_rows},
    {"sums", check_sums},
    {"norms", check_norms},
    {"losses", check_losses},
    {"attention", check_attention},
    {"products", check_products},
    {"optimizers", check_optimizers},
    {"far_rows", check_far_rows},
    {"graphs", check_graphs},
    {"refusals", check_refusals},
};

/* Ends the program when there is none of this name. */
const Suite &suite(const char *name) {
  for (const Suite &suite : SUITES) {
    if (strcmp(suite.name, name) == 0) {
      return suite;
    }
  }
  fprintf(stderr, "usage: check_kernels [once] [SUITE...]; no suite %s; there are:", name);
  for (const Suite &suite : SUITES) {
    fprintf(stderr, " %s", suite.name);
  }
  fprintf(stderr, "\n");
  exit(2);
}

/* Calls nothing that may not be called in a signal handler. */
void tell_and_end(int signal) {
  const char *parts[] = {"check_kernels: ended by a signal in ", running_case(), "\n"};
  iovec line[3];
  for (int k = 0; k < 3; k++) {
    line[k] = {const_cast<char *>(parts[k]), strlen(parts[k])};
  }
  if (writev(STDERR_FILENO, line, 3) >= 0) {
    raise(signal); /* the handler is reset by now */
  }
  _exit(128 + signal);
}

void tell_when_ended() {
  struct sigaction action = {};
  action.sa_handler = tell_and_end;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int signal : {SIGTERM, SIGALRM, SIGINT}) {
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace
}  // namespace check

int main(int count, char **arguments) {
  using namespace check;
  int runs = count > 1 && strcmp(arguments[1], "once") == 0 ? 1 : RUNS;
  std::vector<Suite> suites;
  for (int k = runs == 1 ? 2 : 1; k < count; k++) {
    suites.push_back(suite(arguments[k]));
  }
  bool all = suites.empty();
  if (all) {
    suites.assign(std::begin(SUITES), std::end(SUITES));
  }
  setvbuf(stdout, nullptr, _IOLBF, 0); /* so that an end by force loses no line */
  tell_when_ended();
  bool good = true;
  uint64_t bits[RUNS];
  for (int run = 0; run < runs; run++) {
    printf("%s\n", open_gpu(run));
    report = Report();
    for (const Suite &suite : suites) {
      begin_numbers(); /* the same ones whichever suites run */
      suite.run();
    }
    close_gpu();
    good = report.finish() && good;
    bits[run] = report.bits();
    printf("bits of all results: %016llx\n\n", static_cast<unsigned long long>(bits[run]));
  }
  if (runs == RUNS && bits[0] != bits[1]) {
    fprintf(stderr, "check_kernels: the two runs gave other bits\n");
    good = false;
  }
  printf("%s\n", !good ? "WRONG" : all ? "all kernels are right" : "the kernels of these suites are right");
  return good ? 0 : 1;
}
