// SPDX-License-Identifier: Apache-2.0
// The emulator that the other tests of kernels rest on.
#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "emulator/launch.h"
#include "tests/emulator_kernels.h"

namespace inlay::cuda {
namespace {

using emulator::Fault;
using emulator::launch_with;

std::vector<int> counting(size_t count) {
  std::vector<int> v(count);
  std::iota(v.begin(), v.end(), 7);
  return v;
}

/// The sentence of the fault; empty when there was none.
std::string fault_of(int kind) {
  const std::vector<int> memory(8);
  try {
    launch_with(test_kernel("wrong"), 1, 32, 64, kind, memory.data());
  } catch (const Fault& f) {
    return f.what();
  }
  return "";
}

TEST(CudaEmulator, BarriersAndShuffles) {
  for (const char* name : {"block_sums", "warp_sums"}) {
    const std::vector<int> in = counting(5 * 128);
    std::vector<int> out(5);
    launch_with(test_kernel(name), 5, 128, 128 * sizeof(int), in.data(), out.data());
    for (size_t b = 0; b < 5; ++b) {
      const auto* first = in.data() + 128 * b;
      EXPECT_EQ(out[b], std::accumulate(first, first + 128, 0)) << name;
    }
  }
}

TEST(CudaEmulator, EveryPlaceOnce) {
  std::vector<uint3> out(static_cast<size_t>(2 * 3 * 2 * 5 * 4 * 3));
  launch_with(test_kernel("places"), dim3(2, 3, 2), dim3(5, 4, 3), 0, out.data());
  std::set<std::string> places;
  for (const uint3& v : out) places.insert(std::to_string(v.x) + " " + std::to_string(v.y) + " " + std::to_string(v.z));
  EXPECT_EQ(places.size(), out.size());
  EXPECT_EQ(out.back().x, 41u);
  EXPECT_EQ(out.back().y, 32u);
  EXPECT_EQ(out.back().z, 21u);
}

TEST(CudaEmulator, AMissingBarrierGivesWrongAnswers) {
  const std::vector<int> in = counting(4 * 64);
  for (int broken = 0; broken < 2; ++broken) {
    std::vector<int> out(in.size());
    launch_with(test_kernel("neighbours"), 4, 64, 64 * sizeof(int), in.data(), out.data(), broken);
    size_t wrong = 0;
    for (size_t i = 0; i < in.size(); ++i) wrong += out[i] != in[i / 64 * 64 + (i + 1) % 64] ? 1 : 0;
    EXPECT_EQ(wrong != 0, broken != 0);
  }
}

TEST(CudaEmulator, FaultsAreSentences) {
  EXPECT_EQ(fault_of(0), "");
  EXPECT_NE(fault_of(1).find("but thread (3, 0, 0) is done"), std::string::npos) << fault_of(1);
  EXPECT_NE(fault_of(2).find("but thread (8, 0, 0) waits at the barrier"), std::string::npos) << fault_of(2);
  EXPECT_NE(fault_of(3).find("waits in __syncwarp for lanes 0000ffff"), std::string::npos) << fault_of(3);
  EXPECT_NE(fault_of(4).find("reads lane 20"), std::string::npos) << fault_of(4);
  EXPECT_NE(fault_of(5).find("cp.async of an address"), std::string::npos) << fault_of(5);
  EXPECT_NE(fault_of(6).find("mask leaves out"), std::string::npos) << fault_of(6);
  EXPECT_EQ(fault_of(0), "") << "after faults";
}

TEST(CudaEmulator, LaunchesThatNoDeviceTakes) {
  std::vector<int> out(1);
  EXPECT_THROW(launch_with(test_kernel("places"), 1, 1025, 0, out.data()), Fault);
  EXPECT_THROW(launch_with(test_kernel("places"), dim3(1, 65536), 1, 0, out.data()), Fault);
  EXPECT_THROW(launch_with(test_kernel("places"), 1, 1, 228 * 1024, out.data()), Fault);
}

TEST(CudaEmulator, CopiesArriveWhenWaitedFor) {
  alignas(16) const int memory[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int early = 0; early < 2; ++early) {
    int out[6] = {};
    launch_with(test_kernel("copies"), 1, 1, 32, static_cast<const int*>(memory), static_cast<int*>(out), early);
    const int untouched = static_cast<int>(0xa5a5a5a5u);
    EXPECT_EQ(out[0], early != 0 ? untouched : 1);
    EXPECT_EQ(out[2], early != 0 ? untouched : 0) << "bytes behind the copied ones are zeros";
    EXPECT_EQ(out[4], untouched);
    EXPECT_EQ(out[5], 5);
  }
}

TEST(CudaKernelTable, FindsByText) {
  ASSERT_GT(kernel_count(), 0u);
  for (size_t i = 0; i < kernel_count(); ++i) {
    const Kernel& k = kernel_at(i);
    EXPECT_EQ(find_kernel(std::string(k.source).c_str(), std::string(k.options).c_str(), std::string(k.name).c_str()), &k)
        << k.source << " " << k.options << " " << k.name << " is there twice";
  }
  EXPECT_EQ(find_kernel("no_such", "", "kernel"), nullptr);
}

}  // namespace
}  // namespace inlay::cuda
