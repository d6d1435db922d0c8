/* A test says what must hold; main() tells what did not. */
#ifndef CAROUSEL_EMULATION_CHECK_H
#define CAROUSEL_EMULATION_CHECK_H

#include <cstdio>

extern int checks, failures;

inline void check(bool holds, const char *what, const char *file, int line) {
  checks++;
  if (!holds) {
    failures++;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  }
}

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

void testNumberTypes();
void testThreads();
void testMma();
void testFlags();
void testClusters();
void testExchanges();
void testFaults();
void testStreams();
void testCaptures();
void testProducts();

/* Writes one element past a piece of device memory: dies under AddressSanitizer, and only there. */
void overrun();

/* Writes a vector where none may lie: dies under the sanitizers, and as a rule only there. */
void misalign();

/* A block uses the shared memory of another before that has started or after it has ended: dies likewise. */
void useNeighbour(bool waitsAtStart, bool waitsAtEnd);

#endif
