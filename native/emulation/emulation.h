/*
 * The host twin of CUDA: kernel sources that include this instead of the CUDA headers compile with g++ and run on the
 * CPU, every CUDA thread on a stack of its own. What is here means what CUDA's manual says; what is not here does not
 * compile. x86-64 only.
 */
#ifndef CAROUSEL_EMULATION_H
#define CAROUSEL_EMULATION_H

#include "language.h"
#include "vectors.h"
#include "bfloat16.h"
#include "half.h"
#include "intrinsics.h"
#include "runtime.h"
#include "threads.h"
#include "launch.h"
#include "mma.h"
#include "persistent.h"
#include "cluster.h"

#endif
