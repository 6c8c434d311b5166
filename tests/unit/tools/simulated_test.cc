// SPDX-License-Identifier: Apache-2.0
// Simulated boards: sessions that run on them need exactly the time that their plans predict, and give builtin's answers.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "inlay/backend.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"
#include "tools/tune/rivals.h"
#include "tools/tune/simulated_board.h"

namespace inlay::tools {
namespace {

using Dice = std::mt19937;

int32_t below(Dice& random, int32_t n) { return static_cast<int32_t>(random() % static_cast<uint32_t>(n)); }

constexpr int32_t kValues = 48;

/// RELU, ABS, NEG, ADD and MUL over each other's results, two inputs, every result that nobody reads an output.
Model random_model(Dice& random, int32_t nodes) {
  Model model;
  Graph& g = model.graphs.emplace_back();
  const auto tensor = [&](const std::string& name) {
    Tensor t;
    t.name = name;
    t.shape = {kValues};
    return g.add(std::move(t));
  };
  std::vector<int32_t> values = {tensor("x"), tensor("y")};
  g.inputs = values;
  std::vector<bool> read(static_cast<size_t>(nodes) + 2, false);
  constexpr uint16_t kKinds[] = {INLAY_OP_RELU, INLAY_OP_ABS, INLAY_OP_NEG, INLAY_OP_ADD, INLAY_OP_MUL};
  for (int32_t n = 0; n < nodes; ++n) {
    Node node;
    node.kind = kKinds[below(random, 5)];
    if (node.kind == INLAY_OP_RELU) node.activation = INLAY_ACT_RELU;
    const int32_t inputs = node.kind == INLAY_OP_ADD || node.kind == INLAY_OP_MUL ? 2 : 1;
    for (int32_t i = 0; i < inputs; ++i) {
      const auto from = static_cast<size_t>(std::max(0, static_cast<int32_t>(values.size()) - 1 - below(random, 5)));
      node.inputs.push_back(values[from]);
      read[from] = true;
    }
    values.push_back(tensor("t" + std::to_string(n)));
    node.outputs = {values.back()};
    g.nodes.push_back(std::move(node));
  }
  for (size_t v = 2; v < values.size(); ++v) {
    if (!read[v] || below(random, 6) == 0) g.outputs.push_back(values[v]);
  }
  return model;
}

/// Two devices of the host, two beside it; whole and broken nanoseconds.
Profile random_profile(Dice& random, const std::string& kind) {
  const auto us = [&](int32_t most) { return static_cast<double>(below(random, most * 1000)) / 1000; };
  Profile p;
  p.simulated = "random numbers";
  const char* names[] = {"host", "other", "near", "far"};
  for (const char* name : {"cpu", "other", "near", "far"}) {
    DeviceModel d;
    d.name = name;
    d.kind = p.devices.size() < 2 ? "host" : kind;
    d.shares_memory = d.name == "near";
    d.start_us = us(4);
    d.submit_us = kind == "asynchronous" ? us(3) : 0;
    d.has_speed = true;
    d.speed.op_us = us(20);
    d.speed.bytes_per_us = 10 + below(random, 100);
    for (const char* op : {"RELU", "ADD", "NEG"}) d.kinds[op] = {us(20), 0, 0, 0};
    p.devices.push_back(std::move(d));
  }
  for (const char* from : names) {
    for (const char* to : names) {
      if (from == to || std::strcmp(from, "other") == 0 || std::strcmp(to, "other") == 0) continue;
      const bool direct = std::strcmp(from, "host") != 0 && std::strcmp(to, "host") != 0;
      if (!direct || below(random, 2) == 0) p.transfers.push_back({from, to, us(9), static_cast<double>(below(random, 3) * 40)});
    }
  }
  return p;
}

std::string path() { return testing::TempDir() + "simulated_test_" + std::to_string(getpid()) + ".inlay"; }

ModelPtr written(const Model& model) {
  const Bytes file = emit_inlay(model);
  write_file(path(), file.data(), file.size());
  ModelPtr out = open_model(path());
  std::remove(path().c_str());
  return out;
}

SessionPtr session_of(const inlay_model* model, const Choice& choice) {
  return make_session(model, devices_of(choice.columns),
                      {1, false, 0, choice.placement, nullptr, "auto", variants_of(choice.columns, choice.placement)});
}

/// All outputs, behind each other.
std::vector<float> answer(const inlay_model* model, inlay_session* session) {
  for (int32_t i = 0; i < 2; ++i) {
    auto* in = static_cast<float*>(inlay_session_input(session, i));
    for (int32_t v = 0; v < kValues; ++v) in[v] = static_cast<float>((v * (i + 3)) % 7 - 3);
  }
  run_session(session);
  std::vector<float> out;
  for (int32_t o = 0; o < inlay_model_output_count(model); ++o) {
    const auto* values = static_cast<const float*>(inlay_session_output(session, o));
    out.insert(out.end(), values, values + kValues);
  }
  return out;
}

/// By node what the observer was told.
struct Spans {
  explicit Spans(size_t nodes) : at(nodes), observer{sizeof(observer), [](void*) { return uint64_t{0}; }, done, this} {}
  static void done(void* user, int32_t, int32_t node, uint64_t begin, uint64_t end) {
    static_cast<Spans*>(user)->at[static_cast<size_t>(node)] = {static_cast<Nanos>(begin), static_cast<Nanos>(end)};
  }
  std::vector<std::pair<Nanos, Nanos>> at;
  inlay_observer observer;
};

/// Runs a placement and holds it against its schedule.
void expect_as_predicted(const inlay_model* model, SimulatedBoard& board, const Choice& choice, const std::vector<float>& right) {
  const SessionPtr session = session_of(model, choice);
  Spans spans(choice.placement.size());
  ASSERT_EQ(inlay_session_observe(session.get(), &spans.observer), INLAY_OK);
  for (int32_t run = 0; run < 2; ++run) {
    board.board().begin();
    EXPECT_EQ(answer(model, session.get()), right);
    EXPECT_EQ(board.board().end(), choice.schedule.score.latency);
  }
  for (const PlaceEvent& e : choice.schedule.events) {
    if (e.kind != PlaceEvent::kOp) continue;
    const auto& span = spans.at[static_cast<size_t>(e.node)];
    EXPECT_EQ(span.first, e.begin) << e.node;
    EXPECT_EQ(span.second, e.end) << e.node;
  }
  uint64_t bytes = 0;
  for (int32_t p = 0; p <= 4; ++p) bytes += board.board().peak(p);
  EXPECT_EQ(bytes, choice.schedule.score.bytes);
}

TEST(Simulated, SessionsTakeWhatTheirPlansPredict) {
  Dice random(1);
  int32_t transfers = 0;
  for (int32_t round = 0; round < 40; ++round) {
    const ModelPtr model = written(random_model(random, 3 + below(random, 14)));
    SimulatedBoard board(random_profile(random, "remote"), 1);
    board.know(model.get());
    const SessionPtr builtin = make_session(model.get(), {{&inlay_backend_builtin, 0}}, {});
    const std::vector<float> right = answer(model.get(), builtin.get());
    Choice choice = choose(model.get(), board.devices(), 1, board.profile());
    expect_as_predicted(model.get(), board, choice, right);
    for (int32_t more = 0; more < 5; ++more) {
      std::vector<int32_t> placement(choice.placement.size());
      for (int32_t& device : placement) device = below(random, 4);
      set_placement(&choice, placement);
      for (const PlaceEvent& e : choice.schedule.events) transfers += e.kind == PlaceEvent::kCopy ? 1 : 0;
      expect_as_predicted(model.get(), board, choice, right);
      if (testing::Test::HasFailure()) FAIL() << "round " << round << ", plan " << more;
    }
  }
  EXPECT_GT(transfers, 1000);
}

/// Sessions wait for whole segments, and for memory that a segment in flight still uses: never earlier than the plan.
TEST(Simulated, SessionsHandWorkToQueues) {
  Dice random(7);
  int32_t exact = 0, runs = 0;
  for (int32_t round = 0; round < 40; ++round) {
    const ModelPtr model = written(random_model(random, 3 + below(random, 14)));
    SimulatedBoard board(random_profile(random, "asynchronous"), 1);
    board.know(model.get());
    const SessionPtr builtin = make_session(model.get(), {{&inlay_backend_builtin, 0}}, {});
    const std::vector<float> right = answer(model.get(), builtin.get());
    Choice choice = choose(model.get(), board.devices(), 1, board.profile());
    for (int32_t plan = 0; plan < 6; ++plan) {
      const SessionPtr session = session_of(model.get(), choice);
      board.board().begin();
      EXPECT_EQ(answer(model.get(), session.get()), right);
      const Nanos end = board.board().end();
      EXPECT_GE(end, choice.schedule.score.latency);
      exact += end == choice.schedule.score.latency ? 1 : 0;
      ++runs;
      std::vector<int32_t> placement(choice.placement.size());
      for (int32_t& device : placement) device = below(random, 4);
      set_placement(&choice, placement);
      if (testing::Test::HasFailure()) FAIL() << "round " << round << ", plan " << plan;
    }
  }
  EXPECT_GE(exact, 65) << "of " << runs;  // what it was when sessions began to use queues; the clock is virtual, so it may only grow
  RecordProperty("exact", exact);
}

/// A sum over the runs: every op reads and writes the state, which is read by two tensors.
TEST(Simulated, VariablesGoBackToTheHost) {
  Model model = {};
  Graph& g = model.graphs.emplace_back();
  const auto tensor = [&](const char* name, bool variable) {
    Tensor t;
    t.name = name;
    t.shape = {kValues};
    t.is_variable = variable;
    t.variable = variable ? 0 : -1;
    return g.add(std::move(t));
  };
  const auto node = [&](uint16_t kind, std::vector<int32_t> inputs, int32_t output) {
    Node n;
    n.kind = kind;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    g.nodes.push_back(std::move(n));
  };
  const int32_t x = tensor("x", false), y = tensor("y", false), state = tensor("state", true), later = tensor("later", true);
  const int32_t sum = tensor("sum", false), out = tensor("out", false);
  node(INLAY_OP_ADD, {x, state}, sum);
  node(INLAY_OP_COPY, {sum}, later);
  node(INLAY_OP_MUL, {later, y}, out);
  g.inputs = {x, y};
  g.outputs = {out};
  const ModelPtr opened = written(model);
  Dice random(6);
  for (int32_t placement = 0; placement < 64; ++placement) {
    SimulatedBoard board(random_profile(random, "remote"), 1);
    board.know(opened.get());
    Choice choice = choose(opened.get(), board.devices(), 1, board.profile());
    set_placement(&choice, {placement % 4, placement / 4 % 4, placement / 16});
    const SessionPtr builtin = make_session(opened.get(), {{&inlay_backend_builtin, 0}}, {});
    const SessionPtr session = session_of(opened.get(), choice);
    for (int32_t run = 0; run < 3; ++run) {
      board.board().begin();
      EXPECT_EQ(answer(opened.get(), session.get()), answer(opened.get(), builtin.get()));
      EXPECT_EQ(board.board().end(), choice.schedule.score.latency) << placement;
    }
  }
}

TEST(Simulated, PlansAreNoWorseThanTheirRivals) {
  Dice random(2);
  for (int32_t round = 0; round < 60; ++round) {
    const ModelPtr model = written(random_model(random, 3 + below(random, 14)));
    SimulatedBoard board(random_profile(random, round % 2 == 0 ? "remote" : "asynchronous"), 1);
    board.know(model.get());
    const Choice choice = choose(model.get(), board.devices(), 1, board.profile());
    EXPECT_EQ(estimated_ops(choice), static_cast<int32_t>(choice.placement.size()));
    const std::vector<Rival> rivals = rivals_of(choice);
    ASSERT_EQ(rivals.size(), 5u);
    for (const Rival& rival : rivals) EXPECT_LE(choice.predicted_us, rival.us) << rival.name;
  }
}

TEST(Simulated, AnswersComeWithFinishAndNotBefore) {
  Dice random(3);
  const ModelPtr model = written(random_model(random, 1));
  Profile profile = random_profile(random, "asynchronous");
  SimulatedBoard board(profile, 1);
  board.know(model.get());
  const inlay_device far = board.devices()[3];
  inlay_segment segment = lone_segment(model.get(), 0, 0, 1);
  inlay_need need{};
  inlay_error error{};
  ASSERT_EQ(far.backend->measure(far.index, &segment, &need, &error), INLAY_OK);
  std::vector<std::max_align_t> persistent(need.persistent / sizeof(std::max_align_t) + 1), scratch(need.scratch / sizeof(std::max_align_t) + 1);
  void* compiled = nullptr;
  ASSERT_EQ(far.backend->compile(far.index, &segment, {persistent.data(), need.persistent}, &compiled, &error), INLAY_OK);
  const inlay_graph& graph = main_graph(model.get());
  std::vector<std::vector<float>> memory(static_cast<size_t>(graph.tensor_count), std::vector<float>(kValues, 3));
  std::vector<void*> tensors;
  for (std::vector<float>& m : memory) tensors.push_back(m.data());
  std::vector<float>& out = memory[static_cast<size_t>(graph.nodes[0].outputs[0])];
  out.assign(kValues, 77);
  {
    const inlay_run run = {tensors.data(), {scratch.data(), need.scratch}, nullptr, 0, &error, nullptr};
    ASSERT_EQ(far.backend->submit(compiled, &run), INLAY_OK);
  }
  EXPECT_EQ(out[0], 77);
  ASSERT_EQ(far.backend->finish(compiled, &error), INLAY_OK);
  EXPECT_NE(out[0], 77);
  far.backend->release(compiled);
}

TEST(Simulated, MemoryThatIsFullIsAStatus) {
  Dice random(4);
  const ModelPtr model = written(random_model(random, 6));
  Profile profile = random_profile(random, "remote");
  profile.devices[3].memory_bytes = kValues * sizeof(float) * 2 - 1;
  SimulatedBoard board(profile, 1);
  board.know(model.get());
  Choice choice = choose(model.get(), board.devices(), 1, board.profile());
  EXPECT_EQ(choice.schedule.too_much, "");
  set_placement(&choice, {3, 3, 3, 3, 3, 3});
  EXPECT_NE(choice.schedule.too_much, "");
  const SessionPtr session = session_of(model.get(), choice);
  board.board().begin();
  try {
    run_session(session.get());
    FAIL() << "it fits";
  } catch (const Error& failure) {
    EXPECT_NE(std::string(failure.what()).find("simulated device 'far' needs 384 bytes and has 383"), std::string::npos) << failure.what();
  }
}

TEST(Simulated, BoardsAreRefusedWithASentence) {
  const auto sentence = [](const Profile& profile) -> std::string {
    try {
      SimulatedBoard board(profile, 1);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  Dice random(5);
  Profile p;
  EXPECT_NE(sentence(p).find("says nothing of its devices"), std::string::npos);
  p = random_profile(random, "remote");
  p.devices[0].name = "a name of more than 15 characters";
  EXPECT_NE(sentence(p).find("1 to 15 characters"), std::string::npos) << sentence(p);
  p = random_profile(random, "remote");
  std::vector<std::unique_ptr<SimulatedBoard>> boards;
  for (int32_t i = 0; i < 8; ++i) boards.push_back(std::make_unique<SimulatedBoard>(p, 1));
  EXPECT_NE(boards[0]->devices()[0].backend, boards[7]->devices()[0].backend);
  EXPECT_NE(sentence(p).find("8 simulated boards"), std::string::npos);
  boards.pop_back();
  EXPECT_EQ(sentence(p), "");
  for (const inlay_device& d : default_devices()) EXPECT_STRNE(d.backend->name, "simulated");
}

TEST(Simulated, ExamplesAreMarkedAndComeBack) {
  for (const char* name : {"rk3588", "orin", "big_little", "slow_link", "two_equal", "fast_convs"}) {
    const std::string file = std::string(INLAY_SOURCE_DIR) + "/examples/boards/" + name + ".json";
    const Bytes bytes = read_file(file);
    const Profile profile = parse_profile(std::string(bytes.begin(), bytes.end()), file);
    EXPECT_NE(profile.simulated, "") << name;
    EXPECT_EQ(format_profile(parse_profile(format_profile(profile), file)), format_profile(profile));
    EXPECT_EQ(SimulatedBoard(profile, 1).devices().size(), 2u);
    try {
      load_profile(file, this_board(), false);
      ADD_FAILURE() << name << " is taken for this machine's";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("simulated board"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace inlay::tools
