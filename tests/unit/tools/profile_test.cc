// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/profile.h"

#include <gtest/gtest.h>

#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

Profile example() {
  Profile p;
  p.board = {"CPU", "x86_64", "0.1.0", {"avx2", "fma"}, 2, {{"builtin", "kernels"}, {"xnnpack", "2022"}}};
  p.put("ADD a -> b", {"builtin", 1, 1.25, 0.01, 30, "avx2"});
  p.put("ADD a -> b", {"xnnpack", 2, 2.5, 0.02, 30, ""});
  p.put("MUL a -> b", {"builtin", 1, 3, 0, 5, "portable"});
  return p;
}

std::string refusal_of(const std::string& text) {
  try {
    parse_profile(text, "p.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = format_profile(example());
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Profile, ComesBackAsItWas) {
  Profile p = example();
  p.other["curves"] = {{"of", "opencl:0"}};  // of a later version: kept
  p.transfers = {{"host", "opencl:0", 12.5, 4000, "copied", 0.25}};
  p.devices = {{"opencl:0", 1, "remote", true, 30, 2, 5, 1000, true, {1, 2, 3, 4}, {{"ADD", {1, 2, 3, 9}}}, {"ADD", "MUL"}, {"MUL"}}};
  p.simulated = "numbers of a test";
  const std::string text = format_profile(p);
  const Profile q = parse_profile(text, "p.json");
  EXPECT_EQ(format_profile(q), text);
  EXPECT_EQ(difference(q.board, p.board), "");
  const Measurement* m = q.find("ADD a -> b", "builtin", 1);
  ASSERT_NE(m, nullptr);
  EXPECT_EQ(m->us, 1.25);
  EXPECT_EQ(m->count, 30);
  EXPECT_EQ(m->kernel, "avx2");
  EXPECT_EQ(q.find("ADD a -> b", "builtin", 2), nullptr);
  EXPECT_EQ(q.find("SUB a -> b", "builtin", 1), nullptr);
  EXPECT_EQ(q.other.at("curves").at("of"), "opencl:0");
  ASSERT_EQ(q.transfers.size(), 1u);
  EXPECT_EQ(q.transfers[0].to, "opencl:0");
  EXPECT_EQ(q.transfers[0].latency_us, 12.5);
  EXPECT_EQ(q.transfers[0].bytes_per_us, 4000);
  EXPECT_EQ(q.transfers[0].how, "copied");
  const DeviceModel* d = q.device("opencl:0", 1);
  ASSERT_NE(d, nullptr);
  EXPECT_EQ(q.device("opencl:0", 2), nullptr);
  EXPECT_EQ(d->gap_us, 5);
  EXPECT_EQ(d->kinds.at("ADD").bytes_per_us, 9);
  EXPECT_EQ(d->kinds.at("ADD").op_us, 1);
  EXPECT_EQ(q.simulated, "numbers of a test");
}

TEST(Profile, PutReplacesAndMergeKeepsTheMoreMeasured) {
  Profile p = example(), q = example();
  q.put("ADD a -> b", {"builtin", 1, 9, 0, 100, "new"});
  q.put("ADD a -> b", {"xnnpack", 2, 9, 0, 3, ""});
  q.put("SUB a -> b", {"builtin", 1, 4, 0, 5, ""});
  EXPECT_EQ(q.ops.at("ADD a -> b").size(), 2u);
  q.board.devices["onednn"] = "2.6";
  p.merge(q);
  EXPECT_EQ(p.find("ADD a -> b", "builtin", 1)->us, 9);
  EXPECT_EQ(p.find("ADD a -> b", "xnnpack", 2)->us, 2.5);
  EXPECT_EQ(p.find("SUB a -> b", "builtin", 1)->us, 4);
  EXPECT_EQ(p.board.devices.size(), 3u);
}

TEST(Profile, SaysWhatIsWrong) {
  const std::string bad[][2] = {
      {"", "no JSON object"},
      {"[1]", "no JSON object"},
      {"{}", "'inlay_profile' is missing"},
      {with("\"cpu\": \"CPU\"", "\"cpu\": 7"), "'cpu' is no text"},
      {with("\"cores\": 2", "\"cores\": 2.5"), "'cores' is no whole number"},
      {with("\"us\": 1.25", "\"us\": -1.25"), "'us' is no number from 0"},
      {with("\"us\": 1.25", "\"us\": \"1\""), "'us' is no number from 0"},
      {with("\"count\": 30", "\"count\": 1e300"), "'count' is no number from 0"},
      {with("\"threads\": 1", "\"thread\": 1"), "'threads' is missing"},
      {with("\"ops\": {", "\"ops\": [], \"o\": {"), "'ops' is no object"},
      {with("\"MUL a -> b\": [", "\"MUL a -> b\": 3, \"x\": ["), "'MUL a -> b' are no list"},
      {with("\"builtin\": \"kernels\"", "\"builtin\": null"), "'builtin' is no text"},
      {with("\"inlay_profile\": 1", "\"inlay_profile\": 2"), "update Inlay"},
  };
  for (const auto& [text, sentence] : bad) {
    EXPECT_NE(refusal_of(text).find(sentence), std::string::npos) << text.substr(0, 80) << "\n" << refusal_of(text);
    EXPECT_EQ(refusal_of(text).find("p.json"), 0u);
  }
  const std::string whole = format_profile(example());
  for (size_t n = 0; n + 1 < whole.size(); ++n) EXPECT_NE(refusal_of(whole.substr(0, n)), "") << n;
}

TEST(Board, NamesWhatDiffers) {
  const Board here = example().board;
  const auto says = [&](auto change) {
    Board there = here;
    change(there);
    return difference(there, here);
  };
  EXPECT_NE(says([](Board& b) { b.cpu = "other"; }).find("CPU ('other'"), std::string::npos);
  EXPECT_NE(says([](Board& b) { b.features.pop_back(); }).find("features"), std::string::npos);
  EXPECT_NE(says([](Board& b) { b.cores = 4; }).find("cores"), std::string::npos);
  EXPECT_NE(says([](Board& b) { b.build = "0.2"; }).find("build"), std::string::npos);
  EXPECT_NE(says([](Board& b) { b.devices["xnnpack"] = "2024"; }).find("device xnnpack"), std::string::npos);
  EXPECT_EQ(says([](Board& b) { b.devices.erase("xnnpack"); }), "");
  EXPECT_EQ(says([](Board& b) { b.devices["onednn"] = "3"; }), "");
}

}  // namespace
}  // namespace inlay::tools
