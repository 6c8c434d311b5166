// SPDX-License-Identifier: Apache-2.0
// Drivers that refuse, break down and are slow: a status, a sentence, nothing left behind, and the next session is right.
#include <chrono>
#include <vector>

#include "failing.h"

namespace inlay::opencl {
namespace {

TEST_F(Failing, WithoutFaultsTheAnswersAreBuiltins) {
  expect_right(live(&chain, 2));
  expect_nothing_left();
}

/// What is counted, reported and planned is one and the same.
TEST_F(Failing, OnlyBordersAreCopied) {
  expect_right(live(&chain, 1));  // programs
  icd->reset();
  const Life life = live(&chain, 1);
  expect_right(life);
  const inlay_icd_counts c = counts();
  EXPECT_EQ(life.use.launches, c.taken[ICD_ENQUEUE_KERNEL]);
  EXPECT_EQ(life.use.copies_in, c.taken[ICD_WRITE_BUFFER]);
  EXPECT_EQ(life.use.copies_out, c.taken[ICD_READ_BUFFER]);
  EXPECT_EQ(static_cast<int64_t>(life.use.bytes_in), c.bytes[ICD_WRITE_BUFFER]);
  EXPECT_EQ(static_cast<int64_t>(life.use.bytes_out), c.bytes[ICD_READ_BUFFER]);
  EXPECT_EQ(static_cast<int64_t>(life.use.bytes_mapped), c.bytes[ICD_MAP_BUFFER]);
  // One tensor in and one out: copied, or used where they lie.
  const int64_t crossed = c.bytes[ICD_WRITE_BUFFER] + c.bytes[ICD_READ_BUFFER] + c.bytes[ICD_MAP_BUFFER];
  EXPECT_EQ(crossed, 2 * Chain::kCount);
  EXPECT_EQ(c.taken[ICD_COPY_BUFFER] + c.taken[ICD_FILL_BUFFER], 0);
  inlay_icd_counts before = counts();
  live(&chain, 5);
  const inlay_icd_counts after = counts();
  EXPECT_EQ(after.bytes[ICD_WRITE_BUFFER] - before.bytes[ICD_WRITE_BUFFER], 5 * before.bytes[ICD_WRITE_BUFFER]);
  EXPECT_EQ(after.taken[ICD_ENQUEUE_KERNEL] - before.taken[ICD_ENQUEUE_KERNEL], 5 * before.taken[ICD_ENQUEUE_KERNEL]);
  EXPECT_EQ(after.made[ICD_CONTEXT] + after.made[ICD_PROGRAM], 0);  // those of the first session
}

/// Each of the calls of a life fails once, or from then on, or with the device.
class EveryCall : public Failing {
 protected:
  /// `fault(n)` makes the n-th call fail. Runs lives until one has fewer than n calls.
  template <typename Fault>
  void sweep(Fault fault) {
    expect_right(live(&chain, 1));
    int failed = 0;
    for (int n = 1;; ++n) {
      SCOPED_TRACE("call " + std::to_string(n));
      icd->reset();
      fault(n);
      const Life life = live(&chain, 2);
      int64_t calls = 0;
      for (const int64_t count : counts().calls) calls += count;
      if (life.status == INLAY_OK) {
        EXPECT_EQ(life.output, chain.expected());
      } else {
        ++failed;
        EXPECT_TRUE(life.status == INLAY_STATUS_OUT_OF_MEMORY || life.status == INLAY_STATUS_BACKEND_FAILED) << life.status;
        EXPECT_NE(life.sentence.find("OpenCL: "), std::string::npos) << life.sentence;
        EXPECT_NE(life.sentence.find("CL_"), std::string::npos) << life.sentence;
      }
      expect_nothing_left();
      icd->reset();
      expect_right(live(&chain, 1));
      if (HasFailure() || calls < n) break;
    }
    EXPECT_GT(failed, 10);
  }
};

TEST_F(EveryCall, OutOfMemoryOnce) {
  sweep([this](int n) { icd->fail(ICD_ANY, n, 1, CL_MEM_OBJECT_ALLOCATION_FAILURE); });
}

TEST_F(EveryCall, OutOfResourcesOnce) {
  sweep([this](int n) { icd->fail(ICD_ANY, n, 1, CL_OUT_OF_RESOURCES); });
}

TEST_F(EveryCall, LosesTheDevice) {
  sweep([this](int n) { icd->lose(n, CL_DEVICE_NOT_AVAILABLE); });
}

TEST_F(Failing, OutOfMemoryIsCalledSo) {
  expect_right(live(&chain, 1));
  icd->fail(ICD_CREATE_BUFFER, 1, 0, CL_MEM_OBJECT_ALLOCATION_FAILURE);
  const Life life = live(&chain, 1);
  EXPECT_EQ(life.status, INLAY_STATUS_OUT_OF_MEMORY);
  EXPECT_NE(life.sentence.find("memory"), std::string::npos) << life.sentence;
  icd->reset();
  expect_right(live(&chain, 1));
}

TEST_F(Failing, ALostContextIsMadeAnew) {
  lose_the_context();
  expect_nothing_left();
  expect_right(live(&chain, 1));
  EXPECT_EQ(counts().made[ICD_CONTEXT], 1);
  EXPECT_EQ(counts().made[ICD_PROGRAM], programs);
  EXPECT_EQ(counts().live[ICD_CONTEXT], 1);
}

/// A session that lives when the device is lost in another one fails as well, and is released as well.
TEST_F(Failing, TwoSessionsLoseTheDevice) {
  const inlay_segment s = chain.segment();
  void* compiled[2] = {};
  inlay_error error = {};
  for (void*& one : compiled) ASSERT_EQ(inlay_backend_opencl.compile(0, &s, {nullptr, 0}, &one, &error), INLAY_OK) << error.text;
  icd->lose(4, CL_OUT_OF_RESOURCES);
  std::vector<int8_t> output;
  const std::vector<void*> at = chain.places(&output);
  inlay_run run = {};
  run.tensors = at.data();
  run.error = &error;
  for (void* one : compiled) {
    error = {};
    EXPECT_EQ(inlay_backend_opencl.execute(one, &run), INLAY_STATUS_BACKEND_FAILED);
    EXPECT_NE(error.text[0], '\0');
  }
  icd->reset();
  for (void* one : compiled) EXPECT_EQ(inlay_backend_opencl.execute(one, &run), INLAY_STATUS_BACKEND_FAILED);  // lost for good
  expect_right(live(&chain, 1));
  for (void* one : compiled) inlay_backend_opencl.release(one);
}

TEST_F(Failing, AFailedBuildTellsWhatTheCompilerSaid) {
  lose_the_context();
  icd->log("kernels.cl:7: a semicolon too few");
  icd->fail(ICD_BUILD_PROGRAM, 1, 0, CL_BUILD_PROGRAM_FAILURE);
  const Life life = live(&chain, 1);
  EXPECT_EQ(life.status, INLAY_STATUS_BACKEND_FAILED);
  EXPECT_NE(life.sentence.find("semicolon"), std::string::npos) << life.sentence;
  EXPECT_EQ(counts().live[ICD_PROGRAM], 0);
  icd->reset();
  expect_right(live(&chain, 1));
}

TEST_F(Failing, ADeviceWithoutCompilerSaysSo) {
  lose_the_context();
  inlay_icd_device device = {};
  device.no_compiler = 1;
  icd->device(&device);
  const Life life = live(&chain, 1);
  EXPECT_EQ(life.status, INLAY_STATUS_BACKEND_FAILED);
  EXPECT_NE(life.sentence.find("CL_COMPILER_NOT_AVAILABLE"), std::string::npos) << life.sentence;
}

struct Steps {
  int calls = 0, done = 0, total = 0;
  bool grows = true;
  static void step(void* user, const char* what, int32_t done, int32_t total) {
    auto* all = static_cast<Steps*>(user);
    all->grows = all->grows && what != nullptr && done >= all->done && done <= total;
    ++all->calls;
    all->done = done;
    all->total = total;
  }
};

TEST_F(Failing, ASlowBuildTellsItsProgress) {
  lose_the_context();
  Steps steps;
  const inlay_progress progress = {sizeof(progress), Steps::step, &steps};
  icd->delay(ICD_BUILD_PROGRAM, 400);
  const auto begin = std::chrono::steady_clock::now();
  const Life life = live(&chain, 1, nullptr, &progress);
  expect_right(life);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(400));
  EXPECT_TRUE(steps.grows);
  EXPECT_GE(steps.calls, 2);
  EXPECT_EQ(steps.done, programs);
  EXPECT_EQ(steps.total, programs);
  EXPECT_GE(life.use.build_us, 400000u);
}

}  // namespace
}  // namespace inlay::opencl
