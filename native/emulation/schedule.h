/* Which thread of a launch runs next. Between execution.cpp, which starts and ends threads, and barriers.cpp. */
#ifndef CAROUSEL_EMULATION_SCHEDULE_H
#define CAROUSEL_EMULATION_SCHEDULE_H

#include <string>

#include "carousel/status.h"
#include "crew.h"

namespace emulation {

inline bool names(unsigned mask, unsigned lane) { return mask >> lane & 1; }

/* Puts those of `size` threads that are in `state`, and whose lanes a mask names, before all others that are ready. */
void release(size_t first, size_t size, State state, unsigned mask = WHOLE_WARP);

/* Leaves the running thread, whose state says what it waits for, until it was released and its turn has come. */
void suspend();

/* Gives up the launch and leaves its threads where they stand; does not return. */
[[noreturn]] void fail(carousel_status status, const std::string &why);

/* An ended thread is no longer waited for in its warp. */
void leaveWarp(Thread &thread);

/* Nor in its cluster. */
void leaveCluster(Thread &thread);

/* Whether what takes its time takes as long as it may, where threads run in reverse order. */
bool isLate();

/* Brings the stores that are under way to where they count. */
void deliverAll();

/* Where a thread is, for messages. */
std::string describe(const Thread &thread);

}  // namespace emulation

#endif
