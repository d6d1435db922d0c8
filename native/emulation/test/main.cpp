/* Checks the emulation itself, above all that it shows the faults it is there to find. */
#include <cstring>

#include "check.h"

int checks, failures;

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "overrun") == 0) {
    overrun();
    return 0;
  }
  if (count == 2 && strcmp(arguments[1], "misalign") == 0) {
    misalign();
    return 0;
  }
  if (count == 2 && strcmp(arguments[1], "early") == 0) {
    useNeighbour(false, true);
    return 0;
  }
  if (count == 2 && strcmp(arguments[1], "late") == 0) {
    useNeighbour(true, false);
    return 0;
  }
  testNumberTypes();
  testThreads();
  testMma();
  testFlags();
  testClusters();
  testExchanges();
  testFaults();
  testStreams();
  testCaptures();
  testProducts();
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
