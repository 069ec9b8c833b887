// What the blocks of a cluster exchange in a training step: device functions of two forms.
//
// Every block sends its sums to the owners of the tiles (an inbox a block), and every owner sends
// the new weights to all. A block may go on when it has all the weights. That also says that all
// others have done with what it wrote before: an owner sends weights only when its inbox is full,
// so when every block has sent its sums and no longer reads the old weights, and has read its inbox
// itself. Two messages one after the other are all that a step waits for.
//
//   CountedExchange  asynchronous stores into the other block's shared memory, each of which counts
//                    its bytes at a barrier there; nobody waits for more than what it needs.
//   BarrierExchange  plain stores, to shared memory or to the workspace if the inboxes don't fit
//                    there, and barriers of the whole cluster.
#pragma once

#include <cooperative_groups.h>
#include <type_traits>

#include "kernels/published/train_sums.cuh"
#include "kernels/testing/planted_defect.hpp"

namespace cuvae::cuda {

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define CUVAE_HAS_CLUSTERS 1
#else
#define CUVAE_HAS_CLUSTERS 0
#endif

// Where a block's part in the exchange is.
struct ExchangePlaces {
  float* weights;   // [slots]
  float* inbox;     // [members, owned]
  float* counters;  // two barriers of 8 bytes each
  u32 slots;        // that there are in all
  u32 owned_slots;  // that each member owns, but for the last ones
  u32 members;
  u32 member;
  std::size_t workspace_stride;  // floats from member to member where the inbox is there, or 0

  __device__ u32 owned_bytes() const {
    const u32 first = member * owned_slots;
    const u32 end = first + owned_slots < slots ? first + owned_slots : slots;
    return first < end ? (end - first) * 4 : 0;
  }
};

__device__ __forceinline__ u32 member_of_cluster() {
#if CUVAE_HAS_CLUSTERS
  return cooperative_groups::this_cluster().block_rank();
#else
  return 0;
#endif
}

// A block alone has nothing to exchange.
class NoExchange {
 public:
  __device__ explicit NoExchange(const ExchangePlaces&) {}
  __device__ void begin() const { __syncthreads(); }
  __device__ void synchronize() const {}
  template <u32 count>
  __device__ void send_sums(const Numbers<count>&, u32) const {}
  __device__ void await_sums(u32) const {}
  template <u32 count>
  __device__ void send_weights(const Numbers<count>&, u32) const {}
  __device__ void await_weights(u32) const {}
  __device__ void end() const {}
};

#if CUVAE_HAS_CLUSTERS

class CountedExchange {
 public:
  __device__ explicit CountedExchange(const ExchangePlaces& places)
      : places_(places), sums_counter_(shared_address(places.counters)) {}

  // Before anything is sent: all threads of the cluster.
  __device__ void begin() const {
    if (threadIdx.x == 0) begin_counting();
    synchronize();
  }
  __device__ void synchronize() const { cooperative_groups::this_cluster().sync(); }
  // Nobody leaves while another may still write into its shared memory.
  __device__ void end() const { synchronize(); }
  template <u32 count>
  __device__ void send_sums(const Numbers<count>& sums, u32 slot) const {
    const u32 owner = slot / places_.owned_slots;
    const u32 offset = places_.member * places_.owned_slots + slot - owner * places_.owned_slots;
    store(sums, shared_address(places_.inbox + offset), sums_counter_, owner);
  }

  // All threads. phase: how many times they have waited for sums before.
  __device__ void await_sums(u32 phase) const {
    if (places_.owned_bytes() == 0) return;  // nothing comes in that phases could be told by
    await(sums_counter_, phase);
    if (threadIdx.x == 0) expect(sums_counter_, bytes_of_sums());
  }

  template <u32 count>
  __device__ void send_weights(const Numbers<count>& weights, u32 slot) const {
    for (u32 other = 0; other < places_.members; ++other) {
      store(weights, shared_address(places_.weights + slot), weights_counter(), other);
    }
  }

  // All threads. phase: how many times they have waited for weights before.
  __device__ void await_weights(u32 phase) const {
    if constexpr (planted_defect != PlantedDefect::unawaited_weights) {
      await(weights_counter(), phase);
    }
    if (threadIdx.x == 0) expect(weights_counter(), places_.slots * 4);
  }

 private:
  __device__ static u32 shared_address(const float* address) {
    return static_cast<u32>(__cvta_generic_to_shared(address));
  }
  __device__ u32 weights_counter() const { return sums_counter_ + 8; }

  __device__ void begin_counting() const {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(sums_counter_) : "memory");
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(weights_counter()) : "memory");
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    expect(sums_counter_, bytes_of_sums());
    expect(weights_counter(), places_.slots * 4);
  }

  __device__ u32 bytes_of_sums() const {
    constexpr u32 forgotten = planted_defect == PlantedDefect::too_few_bytes ? 8 : 0;
    return places_.members * places_.owned_bytes() - forgotten;
  }

  // A phase of a counter ends when its thread has said how many bytes to expect and they are there.
  __device__ static void expect(u32 counter, u32 bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(counter), "r"(bytes)
                 : "memory");
  }
  __device__ static void await(u32 counter, u32 phase) {
    u32 done = 0;
    while (done == 0) {
      asm volatile(
          "{ .reg .pred p;"
          " mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2;"
          " selp.u32 %0, 1, 0, p; }"
          : "=r"(done)
          : "r"(counter), "r"(phase % 2)
          : "memory");
    }
  }
  __device__ static u32 in_member(u32 address, u32 member) {
    u32 result;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(result) : "r"(address), "r"(member));
    return result;
  }
  template <u32 count>
  __device__ static void store(const Numbers<count>& numbers, u32 address, u32 counter,
                               u32 member) {
    static_assert(count == 2 || count % 4 == 0);
    const u32 to = in_member(address, member);
    const u32 remote_counter = in_member(counter, member);
    if constexpr (count == 2) {
      asm volatile(
          "st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.v2.f32 [%0], {%1, %2}, "
          "[%3];" ::"r"(to),
          "f"(numbers.number[0]), "f"(numbers.number[1]), "r"(remote_counter)
          : "memory");
    } else {
#pragma unroll
      for (u32 e = 0; e < count; e += 4) {
        asm volatile(
            "st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.v4.f32 "
            "[%0], {%1, %2, %3, %4}, [%5];" ::"r"(to + 4 * e),
            "f"(numbers.number[e]), "f"(numbers.number[e + 1]), "f"(numbers.number[e + 2]),
            "f"(numbers.number[e + 3]), "r"(remote_counter)
            : "memory");
      }
    }
  }

  ExchangePlaces places_;
  u32 sums_counter_;  // shared address; that of the weights is behind it
};

class BarrierExchange {
 public:
  __device__ explicit BarrierExchange(const ExchangePlaces& places) : places_(places) {}

  __device__ void begin() const { synchronize(); }
  __device__ void synchronize() const { cooperative_groups::this_cluster().sync(); }
  __device__ void end() const { synchronize(); }

  template <u32 count>
  __device__ void send_sums(const Numbers<count>& sums, u32 slot) const {
    const u32 owner = slot / places_.owned_slots;
    const u32 offset = places_.member * places_.owned_slots + slot - owner * places_.owned_slots;
    float* inbox = places_.workspace_stride != 0
                       ? places_.inbox + (static_cast<std::ptrdiff_t>(owner) - places_.member) *
                                             static_cast<std::ptrdiff_t>(places_.workspace_stride)
                       : in_member(places_.inbox, owner);
    store_numbers(inbox + offset, sums);
  }
  __device__ void await_sums(u32) const {
    if constexpr (planted_defect == PlantedDefect::dropped_sync) {
      __syncthreads();
    } else {
      synchronize();
    }
  }

  template <u32 count>
  __device__ void send_weights(const Numbers<count>& weights, u32 slot) const {
    for (u32 other = 0; other < places_.members; ++other) {
      store_numbers(in_member(places_.weights, other) + slot, weights);
    }
  }
  __device__ void await_weights(u32) const { synchronize(); }

 private:
  __device__ static float* in_member(float* address, u32 member) {
    return cooperative_groups::this_cluster().map_shared_rank(address, member);
  }

  ExchangePlaces places_;
};

#else

// Devices without clusters never come here.
using CountedExchange = NoExchange;
using BarrierExchange = NoExchange;

#endif

template <bool clustered, bool counted>
using ExchangeFor =
    std::conditional_t<clustered, std::conditional_t<counted, CountedExchange, BarrierExchange>,
                       NoExchange>;

}  // namespace cuvae::cuda
