/* Running one launch. */
#ifndef CAROUSEL_EMULATION_EXECUTION_H
#define CAROUSEL_EMULATION_EXECUTION_H

#include <string>

#include "launch.h"

namespace emulation {

/* In which order threads and blocks run; CUDA promises none, so results must not depend on it. */
enum class Order { FORWARD, REVERSED };

/* Runs it to its end; on failure `why` says more. One launch runs at a time: the others wait. */
carousel_status run(const Launch &launch, Order order, std::string *why);

}  // namespace emulation

#endif
