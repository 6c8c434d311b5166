// SPDX-License-Identifier: Apache-2.0
// Hosts without a GPU: the plug-in that is there and has no device, and the one that is not there.
#include "loader.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "gpu/tests/chain.h"

extern "C" const inlay_backend inlay_backend_cuda;

namespace inlay::cuda {
namespace {

TEST(CudaLoader, SaysWhatIsWrongWithAFile) {
  inlay_error why = {};
  EXPECT_EQ(open_driver("no/such/libinlay_cuda.so", &why), nullptr);
  EXPECT_NE(std::string(why.text).find("no/such"), std::string::npos) << why.text;
  why = {};
  EXPECT_EQ(open_driver(INLAY_OTHER_PLUGIN, &why), nullptr);
  EXPECT_NE(std::string(why.text).find("another version"), std::string::npos) << why.text;
}

#ifdef INLAY_CUDA_PLUGIN

TEST(CudaLoader, TheTableIsWhole) {
  inlay_error why = {};
  const inlay_cuda_driver* driver = open_driver(INLAY_CUDA_PLUGIN, &why);
  ASSERT_NE(driver, nullptr) << why.text;
  EXPECT_NE(driver->find_kernel("halves", "", "float_to_half"), nullptr);
  EXPECT_EQ(driver->find_kernel("halves", "", "no_such"), nullptr);
  EXPECT_STREQ(driver->error_name(2), "cudaErrorMemoryAllocation");
  EXPECT_EQ(driver->error_kind(2), INLAY_CUDA_ERROR_MEMORY);
  EXPECT_EQ(driver->error_kind(700), INLAY_CUDA_ERROR_LOST);
  EXPECT_EQ(driver->error_kind(1), INLAY_CUDA_ERROR_OTHER);
}

/// NVIDIA's libcuda is opened by the CUDA runtime when it is first asked for something, and may be missing.
TEST(CudaLoader, LinksNoDriver) {
  EXPECT_EQ(dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD), nullptr);
  inlay_error why = {};
  ASSERT_NE(open_driver(INLAY_CUDA_PLUGIN, &why), nullptr) << why.text;
  EXPECT_EQ(dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD), nullptr);
}

#endif

TEST(NoCudaDevice, ProbeSaysWhyAndNothingCrashes) {
  inlay_device_info info = {};
  inlay_error why = {};
  if (inlay_backend_cuda.probe(&info, 1, &why) > 0) GTEST_SKIP() << "here is one: " << info.name;
  EXPECT_GT(std::string(why.text).size(), 10u);
  inlay_device device = {};
  inlay_error again = {};
  EXPECT_EQ(inlay_device_find("cuda", &device, &again), INLAY_STATUS_NO_DEVICE);
  EXPECT_NE(std::string(again.text).find(std::string(why.text).substr(0, 60)), std::string::npos) << again.text;
  gpu::Chain chain;
  EXPECT_FALSE(chain.expected().empty());  // builtin's
  const inlay_segment s = chain.segment();
  EXPECT_NE(inlay_backend_cuda.reject(0, &s, &chain.node(0)), nullptr);
  const gpu::Life life = gpu::live({inlay_backend_cuda}, &chain, 1);
  EXPECT_EQ(life.status, INLAY_STATUS_NO_DEVICE);
  EXPECT_NE(life.sentence, "");
}

}  // namespace
}  // namespace inlay::cuda
