/* What the checks found: one line per kernel, and a hash of all bits that the kernels wrote. */
#ifndef CAROUSEL_CHECK_REPORT_H
#define CAROUSEL_CHECK_REPORT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace check {

class Report {
 public:
  /* Cases from now on belong to this kernel; prints the line of the one before. */
  void begin(const std::string &kernel);

  /* One call of the kernel begins; `what` is printed should it fail. */
  void new_case(const std::string &what);

  /* Element `index` of a result differs by `error`, where `most` is allowed. */
  void error(const std::string &name, size_t index, double error, double most);
  void fail(const std::string &name, size_t index, const std::string &message);
  void fail(const std::string &message);

  void add_bits(const void *bytes, size_t count);

  /* Number of the case within its kernel: cases take their options in turn by it. */
  int number() const { return lines.back().cases; }

  /* Prints the line of the last kernel; false when something failed. */
  bool finish() const;
  uint64_t bits() const { return hash; }

 private:
  struct Line {
    std::string kernel;
    int cases;
    int failures;
    double worst; /* error as a part of what is allowed */
  };

  static void print(const Line &line);

  std::vector<Line> lines;
  std::string current;
  uint64_t hash = 0xCBF29CE484222325u;
};

extern Report report;

/* The kernel and the case that run now; may be asked for in a signal handler. */
const char *running_case();

}  // namespace check

#endif
