// SPDX-License-Identifier: Apache-2.0
// Devices that refuse, fault and vanish: a status, a sentence, nothing left behind, and the next session is right. And what a run costs
// when nothing fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "emulated/faults.h"
#include "gpu/tests/chain.h"

extern "C" const inlay_backend inlay_backend_cuda;

namespace inlay::cuda {
namespace {

using emulated::Call;
using gpu::Chain;
using gpu::Life;

/// By number of the emulated device.
class Failing : public testing::TestWithParam<int32_t> {
 protected:
  void SetUp() override { emulated::settle(); }
  void TearDown() override {
    emulated::settle();
    emulated::show(emulated::kDevices);
    EXPECT_TRUE(emulated::held().nothing());
  }
  Life live(int runs, const inlay_observer* observer = nullptr) {
    return gpu::live({inlay_backend_cuda, GetParam(), nullptr, nullptr, observer}, &chain, runs);
  }
  /// Of a run. The reshape copies where its output is not in the segment's own memory.
  static bool shares_memory() { return GetParam() == 1; }
  static int launches() { return shares_memory() ? 3 : 2; }
  void expect_right(const Life& life) const {
    EXPECT_EQ(life.status, INLAY_OK) << life.sentence;
    EXPECT_EQ(life.output, chain.expected());
  }
  void expect_failed(const Life& life, const char* name) const {
    EXPECT_TRUE(life.status == INLAY_STATUS_OUT_OF_MEMORY || life.status == INLAY_STATUS_BACKEND_FAILED) << life.status;
    EXPECT_EQ(life.sentence.find("CUDA: "), 0u) << life.sentence;
    EXPECT_NE(life.sentence.find(name), std::string::npos) << life.sentence;
  }
  /// `fault(n)` makes the n-th of something fail. Runs lives, observed or not, until one has fewer than n calls.
  template <typename Fault>
  int sweep(Fault fault, const char* name, const inlay_observer* observer = nullptr) {
    int failed = 0;
    for (int n = 1; n < 200; ++n) {
      SCOPED_TRACE("number " + std::to_string(n));
      emulated::settle();
      fault(n);
      const Life life = live(2, observer);
      const bool ran_out = emulated::counts().all < n;
      if (life.status == INLAY_OK) {
        EXPECT_EQ(life.output, chain.expected());
      } else {
        ++failed;
        expect_failed(life, name);
      }
      emulated::settle();
      EXPECT_TRUE(emulated::held().nothing());
      expect_right(live(1));
      if (HasFailure() || ran_out) break;
    }
    return failed;
  }
  Chain chain;
};

INSTANTIATE_TEST_SUITE_P(Devices, Failing, testing::Range(0, emulated::kDevices));

struct Clock {
  uint64_t time = 1000000000;
  std::vector<int32_t> nodes;
  bool in_order = true;
  uint64_t last = 0;
  inlay_observer observer{sizeof(inlay_observer), now, done, this};
  static uint64_t now(void* user) { return static_cast<Clock*>(user)->time; }
  static void done(void* user, int32_t, int32_t node, uint64_t begin, uint64_t end) {
    auto* const c = static_cast<Clock*>(user);
    c->in_order = c->in_order && begin >= c->last && end >= begin && end <= c->time;
    c->last = end;
    c->nodes.push_back(node);
  }
};

TEST_P(Failing, EveryCallRefusedOnce) {
  EXPECT_GT(sweep([](int n) { emulated::fail(Call::kAny, n, 1, emulated::kInvalidValue); }, "cudaErrorInvalidValue"), 10);
}

TEST_P(Failing, EveryCallOfAnObservedRunRefusedOnce) {
  Clock clock;
  EXPECT_GT(sweep([&](int n) {
              clock.last = 0;
              emulated::fail(Call::kAny, n, 1, emulated::kInvalidValue);
            }, "cudaErrorInvalidValue", &clock.observer), 20);
}

TEST_P(Failing, OutOfMemoryAtEveryCall) {
  EXPECT_GT(sweep([](int n) { emulated::fail(Call::kAny, n, 1, emulated::kOutOfMemory); }, "cudaErrorMemoryAllocation"), 10);
}

TEST_P(Failing, TheDeviceLostAtEveryCall) {
  EXPECT_GT(sweep([](int n) { emulated::lose(n); }, "cudaErrorDevicesUnavailable"), 10);
}

TEST_P(Failing, EveryKernelFaults) {
  EXPECT_EQ(sweep([](int n) { emulated::fault(n); }, "cudaErrorLaunchFailure"), 2 * launches());
}

TEST_P(Failing, OutOfMemoryIsCalledSo) {
  for (const Call call : {Call::kTake, Call::kTakePinned}) {
    emulated::fail(call, 1, 0, emulated::kOutOfMemory);
    const Life life = live(1);
    EXPECT_EQ(life.status, INLAY_STATUS_OUT_OF_MEMORY);
    EXPECT_NE(life.sentence.find("memory for"), std::string::npos) << life.sentence;
    emulated::settle();
  }
  EXPECT_EQ(emulated::counts().resets, 0);
  expect_right(live(1));
}

/// A fault takes every session of the device with it. The last of them ends, then the device is reset, and not before.
TEST_P(Failing, ALostDeviceComesBackWhenItsSessionsAreGone) {
  inlay_error error = {};
  const inlay_segment s = chain.segment();
  void *first = nullptr, *second = nullptr, *third = nullptr;
  ASSERT_EQ(inlay_backend_cuda.compile(GetParam(), &s, {nullptr, 0}, &first, &error), INLAY_OK) << error.text;
  ASSERT_EQ(inlay_backend_cuda.compile(GetParam(), &s, {nullptr, 0}, &second, &error), INLAY_OK) << error.text;
  std::vector<int8_t> output;
  const std::vector<void*> at = chain.places(&output);
  inlay_run run = {};
  run.tensors = at.data();
  run.error = &error;
  EXPECT_EQ(inlay_backend_cuda.lost(GetParam()), 0);
  emulated::fault(1);
  EXPECT_EQ(inlay_backend_cuda.execute(first, &run), INLAY_STATUS_BACKEND_FAILED);
  EXPECT_NE(inlay_backend_cuda.lost(GetParam()), 0);
  EXPECT_NE(inlay_backend_cuda.execute(second, &run), INLAY_OK);
  EXPECT_NE(inlay_backend_cuda.execute(first, &run), INLAY_OK);
  EXPECT_NE(std::string(error.text).find("lost"), std::string::npos) << error.text;
  inlay_backend_cuda.release(first);
  EXPECT_EQ(emulated::counts().resets, 0);
  EXPECT_NE(inlay_backend_cuda.compile(GetParam(), &s, {nullptr, 0}, &third, &error), INLAY_OK);
  EXPECT_NE(std::string(error.text).find("must end first"), std::string::npos) << error.text;
  inlay_backend_cuda.release(second);
  EXPECT_EQ(emulated::counts().resets, 1);
  expect_right(live(2));
}

/// One start of a graph, one event: a run asks nothing else of the driver, and takes nothing.
TEST_P(Failing, ARunIsOneGraph) {
  expect_right(live(1));
  const emulated::Counts one = emulated::counts();
  emulated::settle();
  const Life life = live(5);
  const emulated::Counts five = emulated::counts();
  for (const Call call : {Call::kStartGraph, Call::kRecord, Call::kWaitEvent}) {
    const auto i = static_cast<int>(call);
    EXPECT_EQ(five.calls[i] - one.calls[i], 4) << i;
  }
  EXPECT_EQ(five.all - one.all, 12);
  EXPECT_EQ(life.use.launches, launches());
  EXPECT_EQ(life.use.copies_in + life.use.copies_out, shares_memory() ? 0 : 2);
  EXPECT_EQ(life.use.bytes_mapped, shares_memory() ? 2u * Chain::kCount : 0u);
  EXPECT_EQ(five.bytes_out, shares_memory() ? 0 : 5 * static_cast<int64_t>(life.use.bytes_out));
  EXPECT_EQ(five.launches, 5 * life.use.launches);
  EXPECT_GE(life.use.planned, life.use.lower_bound);
  EXPECT_GT(life.use.weights, 0u);
}

TEST_P(Failing, AnObservedRunNamesEveryNodeInOrder) {
  Clock clock;
  expect_right(live(1, &clock.observer));
  EXPECT_EQ(clock.nodes, (std::vector<int32_t>{0, 1, 2}));
  EXPECT_TRUE(clock.in_order);
}

/// submit() needs no `run` afterwards, and the session computes what it had at submit.
TEST_P(Failing, SubmitReturnsBeforeFinish) {
  inlay_error error = {};
  const inlay_segment s = chain.segment();
  void* compiled = nullptr;
  ASSERT_EQ(inlay_backend_cuda.compile(GetParam(), &s, {nullptr, 0}, &compiled, &error), INLAY_OK) << error.text;
  std::vector<int8_t> output;
  const std::vector<void*> at = chain.places(&output);
  {
    inlay_run run = {};
    run.tensors = at.data();
    EXPECT_EQ(inlay_backend_cuda.submit(compiled, &run), INLAY_OK);
  }
  EXPECT_EQ(output, std::vector<int8_t>(Chain::kCount, 99));
  EXPECT_EQ(inlay_backend_cuda.finish(compiled, &error), INLAY_OK) << error.text;
  EXPECT_EQ(output, chain.expected());
  inlay_backend_cuda.release(compiled);
}

}  // namespace
}  // namespace inlay::cuda
