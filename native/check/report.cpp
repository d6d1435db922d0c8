#include "report.h"

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace check {

Report report;

namespace {

char texts[2][256];
std::atomic<const char *> running{"no kernel yet"};

/* Writes where no signal handler reads. */
void set_running(const std::string &text) {
  char *next = running == texts[0] ? texts[1] : texts[0];
  snprintf(next, sizeof texts[0], "%s", text.c_str());
  running = next;
}

}  // namespace

const char *running_case() { return running; }

void Report::begin(const std::string &kernel) {
  if (!lines.empty()) {
    print(lines.back());
  }
  lines.push_back({kernel, 0, 0, 0});
  set_running(kernel + ", before its first case");
}

void Report::new_case(const std::string &what) {
  current = what;
  lines.back().cases++;
  set_running(lines.back().kernel + ", " + what);
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

void Report::print(const Line &line) {
  const char *verdict = line.failures > 0 ? "WRONG" : line.cases == 0 ? "WRONG: no cases" : "ok";
  printf("%-36s %5d cases  error %4.0f%% of what is allowed  %s\n", line.kernel.c_str(), line.cases, 100 * line.worst,
         verdict);
}

bool Report::finish() const {
  print(lines.back());
  return std::all_of(lines.begin(), lines.end(),
                     [](const Line &line) { return line.failures == 0 && line.cases > 0; });
}

}  // namespace check
