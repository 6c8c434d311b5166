// SPDX-License-Identifier: Apache-2.0
// The template backend, linked and loaded: the graph is cut into segments and the answers keep their bits.
#include <gtest/gtest.h>

#include "stress/support.h"

extern "C" const inlay_backend inlay_backend_template;

namespace inlay::stress {
namespace {

tools::Bytes answer(const Model& model, const std::vector<inlay_device>& devices, std::vector<std::string>* names) {
  const inlay_config config = config_of(devices);
  inlay_session* session = nullptr;
  inlay_error error = {};
  EXPECT_EQ(inlay_session_create(model.get(), &config, &session, &error), INLAY_OK) << error.text;
  if (session == nullptr) return {};
  fill_input(session, model.get(), 3);
  EXPECT_EQ(inlay_session_run(session, &error), INLAY_OK) << error.text;
  const tools::Bytes out = output_of(session, model.get());
  names->clear();
  for (int32_t n = 0; n < inlay_model_graph(model.get(), 0)->node_count; ++n) {
    names->push_back(inlay_session_device_of(session, n).backend->name);
  }
  EXPECT_EQ(inlay_session_device_of(session, -1).backend, nullptr);
  inlay_session_destroy(session);
  return out;
}

void expect_cut(const inlay_backend* backend) {
  const Model model(digits("float"));
  std::vector<std::string> names;
  const tools::Bytes expected = answer(model, builtin(), &names);
  EXPECT_EQ(answer(model, {{backend, 0}, {&inlay_backend_builtin, 0}}, &names), expected);
  std::vector<std::string> segments;
  for (const std::string& name : names) {
    if (segments.empty() || segments.back() != name) segments.push_back(name);
  }
  EXPECT_EQ(segments, (std::vector<std::string>{"builtin", "template", "builtin"}));
}

TEST(Backend, LinkedStatically) { expect_cut(&inlay_backend_template); }

TEST(Backend, LoadedFromASharedObject) {
  const inlay_backend* backend = nullptr;
  inlay_error error = {};
  EXPECT_EQ(inlay_backend_load("/nowhere/backend.so", &backend, &error), INLAY_STATUS_IO);
  EXPECT_NE(error.text[0], '\0');
  ASSERT_EQ(inlay_backend_load(INLAY_TEMPLATE_PLUGIN, &backend, &error), INLAY_OK) << error.text;
  EXPECT_EQ(inlay_backend_at(0), backend);
  inlay_device device = {};
  ASSERT_EQ(inlay_device_find("template", &device, &error), INLAY_OK) << error.text;
  EXPECT_EQ(device.backend, backend);
  expect_cut(backend);
}

}  // namespace
}  // namespace inlay::stress
