// SPDX-License-Identifier: Apache-2.0
// Placements stored in a model: read back, verified, followed by sessions without devices.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "inlay/backend.h"
#include "inlay/placement.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

constexpr int32_t kNodes = 10;  // of the digits model

Model digits() {
  Model model = import_tflite(read_file(std::string(INLAY_SOURCE_DIR) + "/examples/digits/digits_int8.tflite"), {});
  optimize(model);
  return model;
}

Placement placement() {
  Placement p;
  p.devices = {"builtin", "reference"};
  for (int32_t n = 0; n < kNodes; ++n) p.placed.push_back(n % 3 == 2 ? INLAY_PLACED_FREELY : static_cast<uint8_t>(n % 3));
  for (int32_t n = 0; n < kNodes * 2; ++n) p.costs_us.push_back(static_cast<float>(n) - 1);
  p.threads = 2;
  p.predicted_us = 12.5f;
  p.board = "a board";
  p.profile = "0123456789abcdef";
  p.links = {{0.1f, 0, 0, 0, 0, 0}, {25, 2, 3.5f, 5000, 4.5f, 1e9f}};
  return p;
}

/// Of this process alone: ctest runs several, of several builds.
std::string file_path() { return testing::TempDir() + "placements_test_" + std::to_string(getpid()) + ".inlay"; }

/// A model in a file of its own.
class Stored {
 public:
  explicit Stored(const Bytes& file) : path_(file_path()) {
    write_file(path_, file.data(), file.size());
    model_ = open_model(path_);
  }
  ~Stored() { std::remove(path_.c_str()); }
  const inlay_model* get() const { return model_.get(); }

 private:
  std::string path_;
  ModelPtr model_;
};

std::string refusal_of(const Placement& p) {
  try {
    emit_inlay(digits(), {p});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Placements, ComeBackAsTheyWere) {
  Placement other = placement();
  other.threads = 1;
  const Stored stored(emit_inlay(digits(), {placement(), other}));
  ASSERT_EQ(inlay_model_placement_count(stored.get()), 2);
  const Placement p = read_placements(stored.get())[0], was = placement();
  EXPECT_EQ(p.devices, was.devices);
  EXPECT_EQ(p.placed, was.placed);
  EXPECT_EQ(p.costs_us, was.costs_us);
  EXPECT_EQ(p.threads, 2);
  EXPECT_EQ(p.predicted_us, 12.5f);
  EXPECT_EQ(p.board, was.board);
  EXPECT_EQ(p.profile, was.profile);
  ASSERT_EQ(p.links.size(), 2u);
  EXPECT_EQ(std::memcmp(p.links.data(), was.links.data(), sizeof(inlay_device_link) * 2), 0);
  EXPECT_NE(inlay_model_placement_links(stored.get(), 0), nullptr);
  EXPECT_EQ(inlay_model_placement_links(stored.get(), 2), nullptr);
  EXPECT_EQ(emit_inlay(read_model(stored.get()), read_placements(stored.get())), read_file(file_path()));
  EXPECT_EQ(emit_inlay(read_model(stored.get())), emit_inlay(digits()));
  inlay_placement none = {};
  EXPECT_EQ(inlay_model_placement(stored.get(), 2, &none), INLAY_STATUS_BAD_INDEX);
  EXPECT_EQ(inlay_model_placement(stored.get(), -1, &none), INLAY_STATUS_BAD_INDEX);
  EXPECT_EQ(inlay_model_placement_device(stored.get(), 0, 2), nullptr);
}

TEST(Placements, AreVerified) {
  const auto says = [](auto change) {
    Placement p = placement();
    change(p);
    return refusal_of(p);
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  EXPECT_EQ(refusal_of(placement()), "");
  EXPECT_TRUE(has(says([](Placement& p) { p.placed[4] = 2; }), "puts op 4 on device 2"));
  EXPECT_TRUE(has(says([](Placement& p) { p.placed.pop_back(); }), "does not list every op"));
  EXPECT_TRUE(has(says([](Placement& p) { p.costs_us.push_back(1); }), "does not list every op"));
  EXPECT_TRUE(has(says([](Placement& p) { p.costs_us[3] = std::nanf(""); }), "no number"));
  EXPECT_TRUE(has(says([](Placement& p) { p.costs_us[3] = std::numeric_limits<float>::infinity(); }), "no number"));
  EXPECT_TRUE(has(says([](Placement& p) { p.threads = -1; }), "threads"));
  EXPECT_TRUE(has(says([](Placement& p) { p.predicted_us = -1; }), "microseconds"));
  EXPECT_TRUE(has(says([](Placement& p) { p.devices.clear(); }), "no device"));
  EXPECT_TRUE(has(says([](Placement& p) { p.devices.resize(255, "builtin"); }), "too many"));
  EXPECT_EQ(says([](Placement& p) { p.placed.clear(), p.costs_us.clear(); }), "");
  EXPECT_TRUE(has(says([](Placement& p) { p.links.pop_back(); }), "no sane time"));
  for (float inlay_device_link::*value : {&inlay_device_link::start_us, &inlay_device_link::submit_us, &inlay_device_link::to_us,
                                          &inlay_device_link::to_bytes_per_us, &inlay_device_link::from_us,
                                          &inlay_device_link::from_bytes_per_us}) {
    for (const float bad : {-1.0f, 2e9f, std::nanf(""), std::numeric_limits<float>::infinity()})
      EXPECT_TRUE(has(says([&](Placement& p) { p.links[1].*value = bad; }), "no sane time")) << bad;
  }
}

/// As files of earlier versions are.
TEST(Placements, NeedNotTellOfLinks) {
  Placement old = placement();
  old.links.clear();
  const Stored stored(emit_inlay(digits(), {old}));
  EXPECT_EQ(inlay_model_placement_links(stored.get(), 0), nullptr);
  EXPECT_TRUE(read_placements(stored.get())[0].links.empty());
}

TEST(Placements, AreFollowedByTheNearestThreads) {
  Placement one = placement();
  one.threads = 1;
  one.placed.assign(kNodes, 1);
  Placement absent = placement();
  absent.threads = 4;
  absent.devices[1] = "nowhere";
  const Stored stored(emit_inlay(digits(), {placement(), one, absent}));
  inlay_error why = {};
  EXPECT_EQ(inlay_model_placement_find(stored.get(), 1, &why), 1);
  EXPECT_EQ(inlay_model_placement_find(stored.get(), 4, &why), 0);
  const SessionPtr session = make_session(stored.get(), {}, {}), listed = make_session(stored.get(), find_devices("builtin"), {});
  for (int32_t n = 0; n < kNodes; ++n) {
    EXPECT_EQ(device_label(inlay_session_device_of(session.get(), n)), "reference");
    EXPECT_EQ(device_label(inlay_session_device_of(listed.get(), n)), "builtin");
  }
  const Stored alone(emit_inlay(digits(), {absent})), without(emit_inlay(digits()));
  EXPECT_EQ(inlay_model_placement_find(alone.get(), 1, &why), -1);
  EXPECT_NE(std::string(why.text).find("nowhere"), std::string::npos);
  EXPECT_EQ(device_label(inlay_session_device_of(make_session(alone.get(), {}, {}).get(), 1)), "builtin");
  EXPECT_EQ(inlay_model_placement_find(without.get(), 1, &why), -1);
  EXPECT_EQ(inlay_model_placement_find(without.get(), 1, nullptr), -1);
}

TEST(Placements, LeaveTheRestToBuiltin) {
  Placement free = placement();
  free.placed.assign(kNodes, INLAY_PLACED_FREELY);
  const Stored stored(emit_inlay(digits(), {free}));
  const SessionPtr session = make_session(stored.get(), {}, {});
  for (int32_t n = 0; n < kNodes; ++n) EXPECT_EQ(device_label(inlay_session_device_of(session.get(), n)), "builtin");
}

TEST(Placements, AreChosenAnewAmongFreeOps) {
  const Stored stored(emit_inlay(digits(), {placement()}));
  const SessionPtr session = make_session(stored.get(), {}, {2});
  for (int32_t n = 0; n < kNodes; ++n) {
    const std::string device = device_label(inlay_session_device_of(session.get(), n));
    EXPECT_EQ(device, n % 3 == 1 ? "reference" : "builtin") << n;
  }
}

}  // namespace
}  // namespace inlay::tools
