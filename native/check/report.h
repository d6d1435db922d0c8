/* What the checks found: one line per kernel, and a hash of all bits that the kernels wrote. */
#ifndef CAROUSEL_CHECK_REPORT_H
#define CAROUSEL_CHECK_REPORT_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace check {

class Report {
 public:
  /* Cases from now on belong to this kernel. */
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

  /* Prints one line per kernel; false when something failed. */
  bool print() const;
  uint64_t bits() const { return hash; }

 private:
  struct Line {
    std::string kernel;
    int cases;
    int failures;
    double worst; /* error as a part of what is allowed */
  };

  std::vector<Line> lines;
  std::string current;
  uint64_t hash = 0xCBF29CE484222325u;
};

extern Report report;

}  // namespace check

#endif
