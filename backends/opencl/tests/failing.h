// SPDX-License-Identifier: Apache-2.0
// The fixture of tests on the test ICD.
#pragma once
#include <CL/cl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "chain.h"
#include "icd/icd.h"

namespace inlay::opencl {

class Failing : public testing::Test {
 protected:
  void SetUp() override {
    inlay_device_info info = {};
    inlay_error why = {};
    ASSERT_GT(inlay_backend_opencl.probe(&info, 1, &why), 0) << why.text;
    icd = inlay_icd_find(INLAY_TEST_ICD);
    ASSERT_NE(icd, nullptr) << "not on the test ICD";
    if (is_child()) return;
    icd->reset();
    const Life first = live(&chain, 1);
    expect_right(first);
    programs = std::max(programs, counts().live[ICD_PROGRAM]);
    ASSERT_GT(programs, 0);
    icd->reset();
    folder = (std::filesystem::temp_directory_path() / ("inlay_opencl_" + std::to_string(getpid()))).string();
  }
  void TearDown() override {
    if (icd == nullptr || is_child()) return;
    icd->reset();
    std::filesystem::remove_all(folder);
    expect_nothing_left();
  }

  inlay_icd_counts counts() const {
    inlay_icd_counts c = {};
    icd->counts(&c);
    return c;
  }
  /// Between sessions a device keeps its context with the programs in it, and nothing else.
  void expect_nothing_left() const {
    const inlay_icd_counts c = counts();
    for (const inlay_icd_kind kind : {ICD_QUEUE, ICD_MEMORY, ICD_KERNEL, ICD_EVENT, ICD_MAP, ICD_SUB_DEVICE}) {
      EXPECT_EQ(c.live[kind], 0) << icd->kind_name(kind);
    }
    EXPECT_EQ(c.live_bytes, 0);
    EXPECT_LE(c.live[ICD_CONTEXT], 1);
    EXPECT_LE(c.live[ICD_PROGRAM], programs);
  }
  void expect_right(const Life& life) const {
    EXPECT_EQ(life.status, INLAY_OK) << life.sentence;
    EXPECT_EQ(life.output, chain.expected());
  }
  /// After it, the backend starts anew: another context, no programs.
  void lose_the_context() {
    icd->reset();
    expect_right(live(&chain, 1));
    icd->lose(1, CL_DEVICE_NOT_AVAILABLE);
    EXPECT_NE(live(&chain, 1).status, INLAY_OK);
    icd->reset();
  }

  /// Another process, started by a test: its settings and counters are the test's.
  static bool is_child() { return std::getenv("INLAY_TEST_CACHE") != nullptr; }

  int64_t programs = 0;  ///< of the chain on this device
  Chain chain;
  const inlay_icd* icd = nullptr;
  std::string folder;  ///< for programs; not there at first
};

}  // namespace inlay::opencl
