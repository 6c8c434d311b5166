// SPDX-License-Identifier: Apache-2.0
// The C++ handles: one life from file to answer, failures with a sentence, moves that release once.
#include "inlay/inlay.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay {
namespace {

std::string converted_digits() {
  tools::Model model = tools::import_tflite(tools::read_file(INLAY_SOURCE_DIR "/examples/digits/digits_int8.tflite"), {});
  tools::optimize(model);
  const tools::Bytes file = tools::emit_inlay(model);
  const std::string path = testing::TempDir() + "inlay_hpp_digits_" + std::to_string(getpid()) + ".inlay";
  tools::write_file(path, file.data(), file.size());
  return path;
}

TEST(InlayHpp, RunsAModelAndMovesItsHandles) {
  auto opened = Model::open(converted_digits().c_str());
  ASSERT_TRUE(opened) << opened.message();
  const Model model = std::move(*opened);
  EXPECT_EQ(opened->get(), nullptr);
  auto first = Session::create(model);
  ASSERT_TRUE(first) << first.message();
  Session session = std::move(*first);
  auto second = Session::create(model);
  ASSERT_TRUE(second) << second.message();
  session = std::move(*second);  // releases the first one
  std::memset(session.input<int8_t>(0), -128, 64);
  ASSERT_EQ(session.run().status, INLAY_OK);
  int sum = 0;
  for (int i = 0; i < 10; ++i) sum += session.output<int8_t>(0)[i] + 128;
  EXPECT_NEAR(sum, 256, 5);  // softmax in steps of 1/256
  EXPECT_EQ(session.input<int8_t>(1), nullptr);
}

TEST(InlayHpp, OwnsPipelinesAndPools) {
  auto model = Model::open(converted_digits().c_str());
  ASSERT_TRUE(model) << model.message();
  const inlay_device devices[] = {{inlay_backend_at(inlay_backend_count() - 1), 0}, {inlay_backend_at(inlay_backend_count() - 1), 0}};
  const int32_t cut = 2;
  inlay_pipeline_config config = {};
  config.struct_size = sizeof(config);
  config.devices = devices;
  config.device_count = 2;
  config.cuts = &cut;
  auto pipeline = Pipeline::create(*model, config);
  ASSERT_TRUE(pipeline) << pipeline.message();
  inlay_frame* frame = nullptr;
  EXPECT_EQ(inlay_pipeline_acquire(pipeline->get(), 1, &frame, nullptr), INLAY_OK);
  EXPECT_NE(inlay_session_input(inlay_frame_session(frame), 0), nullptr);
  auto pool = SessionPool::create(*model, nullptr, 0, 0);
  EXPECT_EQ(pool.status(), INLAY_STATUS_BAD_ARGUMENT);
  pool = SessionPool::create(*model, nullptr, 2, 0);
  EXPECT_TRUE(pool) << pool.message();
}

TEST(InlayHpp, AFailureHasASentence) {
  auto opened = Model::open("/nowhere/model.inlay");
  EXPECT_FALSE(opened);
  EXPECT_EQ(opened.status(), INLAY_STATUS_IO);
  EXPECT_NE(std::string(opened.message()).find("cannot open"), std::string::npos);
}

}  // namespace
}  // namespace inlay
