/* The exchanges that native/bench/exchange_time measures hand around what they should, and see it when they do not. */
#include "exchanges.cuh"

#include "check.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Timing;
using exchange::threads;

constexpr int BLOCKS = 16, APART = 8, ROUNDS = 5;

struct Fixture {
  explicit Fixture(Order order) : machine(order, Timing::EAGER, 1 << 20), stream(machine.openStream()) {
    slots = allocate(2 * BLOCKS * threads);
    flags = allocate(BLOCKS * APART);
    wrong = allocate(1);
  }

  uint32_t *allocate(size_t words) {
    return static_cast<uint32_t *>(machine.memory.allocate(words * sizeof(uint32_t)));
  }

  Machine machine;
  emulation::Stream *stream;
  uint32_t *slots, *flags, *wrong;
};

void byFlags(Order order, int size, int sources, int apart) {
  Fixture f(order);
  for (uint32_t first : {0, ROUNDS}) { /* flags go on from launch to launch */
    CHECK(CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_flags, BLOCKS, threads, 0, f.stream, f.slots, f.flags, f.wrong, size,
                                      sources, apart, first, ROUNDS) == CAROUSEL_OK);
  }
  CHECK(*f.wrong == 0 && f.flags[(BLOCKS - 1) * apart] == 2 * ROUNDS);
  f.flags[(size - 1) * apart] = 1000; /* one is believed to be there that is not */
  CHECK(CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_flags, BLOCKS, threads, 0, f.stream, f.slots, f.flags, f.wrong, size,
                                    sources, apart, 500, 1) == CAROUSEL_OK);
  CHECK(size == 1 || order == Order::REVERSED || *f.wrong > 0);
}

void byGridBarrier(Order order, int sources) {
  Fixture f(order);
  CHECK(CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_grid_barrier, BLOCKS, threads, 0, f.stream, f.slots, f.wrong, sources,
                                    7u, ROUNDS) == CAROUSEL_OK);
  CHECK(*f.wrong == 0 && f.slots[threads] == exchange::word(7 + ROUNDS, 1, 0));
}

void byCluster(Order order, int size, int targets) {
  Fixture f(order);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(exchange::by_cluster, size, BLOCKS, threads, exchange::cluster_bytes(size), f.stream,
                                f.wrong, targets, 3u, ROUNDS) == CAROUSEL_OK);
  CHECK(*f.wrong == 0);
}

void byCountedStores(Order order, int size, int packs) {
  Fixture f(order);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(exchange::by_counted_stores, size, BLOCKS, threads, exchange::cluster_bytes(size),
                                f.stream, f.wrong, packs, 3u, ROUNDS) == CAROUSEL_OK);
  CHECK(*f.wrong == 0);
}

}  // namespace

void testExchanges() {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    for (int size : {1, 4, 16}) {
      for (int payloads : {1, size}) {
        for (int apart : {1, APART}) {
          byFlags(order, size, payloads, apart);
        }
        byCluster(order, size, payloads);
        if (size > 1) {
          byCountedStores(order, size, payloads * 64 / size);
        }
      }
    }
    byGridBarrier(order, 1);
    byGridBarrier(order, BLOCKS);
  }
}
