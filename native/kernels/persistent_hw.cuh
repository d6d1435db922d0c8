// What persistent kernels stand on, on the device: matrix products of a warp, flags and shared memory of other blocks.
#pragma once

namespace carousel {

// How deep a product of a warp is: A is [16, depth], B [depth, 8].
template <class T>
constexpr int mma_depth = 32 / sizeof(T);

}  // namespace carousel

#ifdef CAROUSEL_EMULATION

#include "persistent.h"

#else

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace carousel {

// sum <- A * B + sum, by all 32 lanes of a warp together (PTX mma.sync.aligned.m16n8k16 of bf16 or fp16, m16n8k8 of
// TF32), summed in fp32. From compute capability 8.0 on; kernels for it are in files named *_sm80.cu.
//
// With high = lane / 4, low = lane % 4, a register holds two neighbours of depth, the first in its lower half:
//   a[0] A[high][2 low, +1]       a[2] A[high][2 low + 8, +9]          b[0] B[2 low, +1][high]
//   a[1] A[high + 8][2 low, +1]   a[3] A[high + 8][2 low + 8, +9]      b[1] B[2 low + 8, +9][high]
// and of T = float one number, rounded by to_tf32 (the hardware ignores lower bits):
//   a[0] A[high][low]             a[2] A[high][low + 4]                b[0] B[low][high]
//   a[1] A[high + 8][low]         a[3] A[high + 8][low + 4]            b[1] B[low + 4][high]
// For all types:
//   sum[0], sum[1] D[high][2 low, +1]    sum[2], sum[3] D[high + 8][2 low, +1]
template <class T>
__device__ __forceinline__ void mma(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  static_assert(std::is_same<T, __nv_bfloat16>::value || std::is_same<T, __half>::value ||
                    std::is_same<T, float>::value,
                "operands are bf16, fp16, or float as TF32");
#if __CUDA_ARCH__ >= 800
#define CAROUSEL_MMA(instruction)                                                                      \
  asm("mma.sync.aligned." instruction " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])                                         \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
  if constexpr (std::is_same<T, __nv_bfloat16>::value) {
    CAROUSEL_MMA("m16n8k16.row.col.f32.bf16.bf16.f32");
  } else if constexpr (std::is_same<T, __half>::value) {
    CAROUSEL_MMA("m16n8k16.row.col.f32.f16.f16.f32");
  } else {
    CAROUSEL_MMA("m16n8k8.row.col.f32.tf32.tf32.f32");
  }
#undef CAROUSEL_MMA
#else
  __trap();
#endif
}

// The bits of a float rounded to TF32: to the nearest, ties away from zero.
__device__ __forceinline__ uint32_t to_tf32(float value) {
#if __CUDA_ARCH__ >= 800
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return bits;
#else
  __trap();
#endif
}

// Writes a flag in global memory: who observes it sees all that this thread wrote before, and what others of its block
// wrote before the barrier that they passed together.
__device__ __forceinline__ void publish(uint32_t *flag, uint32_t value) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(__cvta_generic_to_global(flag)), "r"(value) : "memory");
}

// Reads a flag that other blocks publish; hands on to those of its block with which it passes the next barrier.
__device__ __forceinline__ uint32_t observe(const uint32_t *flag) {
  uint32_t value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(__cvta_generic_to_global(flag)) : "memory");
  return value;
}

// Between an observation that does not do and the next. Every wait for a flag goes by it: in the emulation others run.
__device__ __forceinline__ void spin() {}

// Reads a number, or 16 aligned bytes of them, that another block wrote during this launch: not from the first-level
// cache, and not moved across observe() and barriers.
template <class T>
__device__ __forceinline__ T load_fresh(const T *from) {
  static_assert(sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 16, "numbers of 2 or 4 bytes, or 16 bytes of them");
  T value;
  if constexpr (sizeof(T) == 16) {
    uint4 bits;
    asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(bits.x), "=r"(bits.y), "=r"(bits.z), "=r"(bits.w)
                 : "l"(__cvta_generic_to_global(from))
                 : "memory");
    memcpy(&value, &bits, sizeof value);
  } else if constexpr (sizeof(T) == 2) {
    unsigned short bits;
    asm volatile("ld.relaxed.gpu.global.u16 %0, [%1];"
                 : "=h"(bits)
                 : "l"(__cvta_generic_to_global(from))
                 : "memory");
    memcpy(&value, &bits, sizeof value);
  } else {
    unsigned bits;
    asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];"
                 : "=r"(bits)
                 : "l"(__cvta_generic_to_global(from))
                 : "memory");
    memcpy(&value, &bits, sizeof value);
  }
  return value;
}

// Clusters: from compute capability 9.0 on. Outside of one, a block is a cluster of its own.
#if __CUDA_ARCH__ >= 900
#define CAROUSEL_CLUSTER(...) asm volatile(__VA_ARGS__)
#else
#define CAROUSEL_CLUSTER(...) __trap()
#endif

// The number of the block within its cluster.
__device__ __forceinline__ unsigned cluster_rank() {
  unsigned rank = 0;
  CAROUSEL_CLUSTER("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

__device__ __forceinline__ unsigned cluster_size() {
  unsigned size = 1;
  CAROUSEL_CLUSTER("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
  return size;
}

// The barrier of a cluster in two halves, each passed by whole warps, which come together first: what all threads wrote
// before they arrived is seen behind the wait. Between the two a thread may do what needs no other. The shared memory
// of another block may be used only after a first barrier, when that block has started, and before a last one, behind
// which it may end.
__device__ __forceinline__ void cluster_arrive() {
  CAROUSEL_CLUSTER("bar.warp.sync 0xffffffff; barrier.cluster.arrive.release.aligned;" ::: "memory");
}
__device__ __forceinline__ void cluster_wait() {
  CAROUSEL_CLUSTER("bar.warp.sync 0xffffffff; barrier.cluster.wait.acquire.aligned;" ::: "memory");
}

// Where block `rank` of the cluster has what this block has at `shared`.
template <class T>
__device__ __forceinline__ T *remote(T *shared, unsigned rank) {
  T *there = nullptr;
  CAROUSEL_CLUSTER("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(shared), "r"(rank));
  return there;
}

// Counts the bytes that blocks of the cluster store into the shared memory of this one (PTX mbarrier), phase after
// phase: each is over when the bytes that arrivals_expect() named are there.
struct Arrivals {
  alignas(16) uint64_t word;
};

__device__ __forceinline__ unsigned shared_address(const void *shared) {
  return static_cast<unsigned>(__cvta_generic_to_shared(shared));
}

// One thread, once, before a barrier of the cluster behind which others may store.
__device__ __forceinline__ void arrivals_begin(Arrivals *arrivals) {
  CAROUSEL_CLUSTER("mbarrier.init.shared::cta.b64 [%0], 1; fence.mbarrier_init.release.cluster;" ::"r"(
                       shared_address(arrivals))
                   : "memory");
}

// One thread, once for each phase; bytes of that phase may be there already.
__device__ __forceinline__ void arrivals_expect(Arrivals *arrivals, unsigned bytes) {
  CAROUSEL_CLUSTER("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(arrivals)), "r"(bytes)
                   : "memory");
}

// Whole warps wait until phase number `phase`, from 0 on, is over, and then see what was stored; no earlier phase may
// be waited for any more. An acquire that is not for shared memory only would empty the first-level cache.
#if __CUDACC_VER_MAJOR__ >= 13
#define CAROUSEL_AWAIT "mbarrier.try_wait.parity.relaxed.cluster.shared::cta.b64 over, [%1], %2;"
#define CAROUSEL_AWAITED "fence.acquire.sync_restrict::shared::cluster.cluster;"
#else
#define CAROUSEL_AWAIT "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 over, [%1], %2;"
#define CAROUSEL_AWAITED ""
#endif
__device__ __forceinline__ void arrivals_await(Arrivals *arrivals, uint32_t phase) {
  unsigned over = 0;
  while (over == 0) {
    CAROUSEL_CLUSTER("{ .reg .pred over; " CAROUSEL_AWAIT " selp.u32 %0, 1, 0, over; }"
                     : "=r"(over)
                     : "r"(shared_address(arrivals)), "r"(phase % 2)
                     : "memory");
  }
  CAROUSEL_CLUSTER(CAROUSEL_AWAITED ::: "memory");
  __syncwarp();
}
#undef CAROUSEL_AWAIT
#undef CAROUSEL_AWAITED

// Where block `rank` of the cluster has what this block has at an address of its shared memory. Not volatile: computed
// once for several stores.
__device__ __forceinline__ unsigned address_in(unsigned rank, unsigned address) {
  unsigned there = 0;
#if __CUDA_ARCH__ >= 900
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(address), "r"(rank));
#endif
  return there;
}

// Stores 8 or 16 bytes where block `rank` of the cluster has what this block has at `to`, aligned to as many; that
// block's `arrivals` count them. In clusters of two blocks at least: in one of one the instruction is undefined.
#define CAROUSEL_STORE_COUNTED(pack, ...)                                                        \
  CAROUSEL_CLUSTER("st.async.shared::cluster.mbarrier::complete_tx::bytes." pack                 \
                   ::"r"(address_in(rank, shared_address(to))),                                  \
                   "r"(address_in(rank, shared_address(arrivals))), __VA_ARGS__                  \
                   : "memory")
__device__ __forceinline__ void store_counted(uint4 *to, unsigned rank, const uint4 &value, Arrivals *arrivals) {
  CAROUSEL_STORE_COUNTED("v4.b32 [%0], {%2, %3, %4, %5}, [%1];", "r"(value.x), "r"(value.y), "r"(value.z),
                         "r"(value.w));
}
__device__ __forceinline__ void store_counted(float2 *to, unsigned rank, const float2 &value, Arrivals *arrivals) {
  CAROUSEL_STORE_COUNTED("v2.f32 [%0], {%2, %3}, [%1];", "f"(value.x), "f"(value.y));
}
#undef CAROUSEL_STORE_COUNTED
#undef CAROUSEL_CLUSTER

}  // namespace carousel

#endif
