#include "report.h"

#include <cstdio>

namespace check {

Report report;

void Report::begin(const std::string &kernel) { lines.push_back({kernel, 0, 0, 0}); }

void Report::new_case(const std::string &what) {
  current = what;
  lines.back().cases++;
}

void Report::error(const std::string &name, size_t index, double error, double most) {
  double part = error / most;
  if (part > lines.back().worst) {
    lines.back().worst = part;
  }
  if (!(error <= most)) {
    char text[80];
    snprintf(text, sizeof text, "error %.3g, where %.3g is allowed", error, most);
    fail(name, index, text);
  }
}

void Report::fail(const std::string &name, size_t index, const std::string &message) {
  fail(name + " at " + std::to_string(index) + ": " + message);
}

void Report::fail(const std::string &message) {
  constexpr int most_printed = 5;
  if (++lines.back().failures <= most_printed) {
    fprintf(stderr, "%s, %s: %s\n", lines.back().kernel.c_str(), current.c_str(), message.c_str());
  }
}

void Report::add_bits(const void *bytes, size_t count) {
  const unsigned char *byte = static_cast<const unsigned char *>(bytes);
  for (size_t k = 0; k < count; k++) {
    hash = (hash ^ byte[k]) * 0x100000001B3u; /* FNV-1a */
  }
}

bool Report::print() const {
  bool good = true;
  for (const Line &line : lines) {
    printf("%-36s %5d cases  error %4.0f%% of what is allowed  %s\n", line.kernel.c_str(), line.cases,
           100 * line.worst, line.failures == 0 ? "ok" : "WRONG");
    good = good && line.failures == 0 && line.cases > 0;
  }
  return good;
}

}  // namespace check
