// SPDX-License-Identifier: Apache-2.0
// A host without OpenCL's drivers, or whose driver has no device: sentences, and builtin goes on.
#include <gtest/gtest.h>

#include <string>

#include "chain.h"

namespace inlay::opencl {
namespace {

TEST(NoDevice, ProbeSaysWhy) {
  inlay_device_info info = {};
  inlay_error why = {};
  EXPECT_EQ(inlay_backend_opencl.probe(&info, 1, &why), 0);
  EXPECT_NE(std::string(why.text).find("driver"), std::string::npos) << why.text;
  inlay_device device = {};
  why = {};
  EXPECT_EQ(inlay_device_find("opencl", &device, &why), INLAY_STATUS_NO_DEVICE);
  EXPECT_NE(std::string(why.text).find("driver"), std::string::npos) << why.text;
}

TEST(NoDevice, NothingElseCrashes) {
  Chain chain;
  EXPECT_FALSE(chain.expected().empty());  // builtin's
  const inlay_segment s = chain.segment();
  EXPECT_NE(inlay_backend_opencl.reject(0, &s, &chain.node(0)), nullptr);
  const Life life = live(&chain, 1);
  EXPECT_EQ(life.status, INLAY_STATUS_NO_DEVICE);
  EXPECT_NE(life.sentence, "");
}

}  // namespace
}  // namespace inlay::opencl
