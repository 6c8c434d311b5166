// SPDX-License-Identifier: Apache-2.0
// Under random splits and random placements over every device of this machine int8 answers are those of the whole model, bit for
// bit. INLAY_SPLIT_PLANS: plans per model (the long version; also with accelerators), INLAY_SPLIT_MODELS: .inlay files with colons
// between them, in the place of the random networks.
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "split_nets.h"
#include "tools/split/stored.h"

namespace inlay::tools {
namespace {

constexpr int32_t kNets = 12, kPlans = 6;  // of the short version

int32_t long_plans() {
  const char* text = std::getenv("INLAY_SPLIT_PLANS");
  return text != nullptr ? std::max(std::atoi(text), 1) : 0;
}

std::vector<std::string> list_in(const char* variable) {
  std::vector<std::string> out;
  const char* text = std::getenv(variable);
  std::istringstream in(text != nullptr ? text : "");
  for (std::string one; std::getline(in, one, ':');) out.push_back(one);
  return out;
}

/// Every device of this build that computes here; accelerators build programs for each shape, so they wait for the long version.
std::vector<inlay_device> devices_here(bool accelerators) {
  std::vector<inlay_device> out;
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    if ((backend->flags & INLAY_BACKEND_ACCELERATOR) != 0 && !accelerators) continue;
    inlay_device_info infos[16] = {};
    inlay_error why{};
    const int32_t count = std::min(backend->probe(infos, 16, &why), 16);
    for (int32_t d = 0; d < count; ++d) out.push_back({backend, d});
  }
  return out;
}

/// At twice the size, or one that no part has the coordinates of.
int32_t resized(Net& net, int32_t x) {
  const int32_t height = net.shape(x)[1], width = net.shape(x)[2], spec = net.pick(0, 2);
  if (height > 40 || width > 40) return x;
  const int32_t more = net.pick(0, 3) == 0 ? 1 : 0;
  return net.resize(x, net.pick(0, 1) == 0 ? INLAY_OP_RESIZE_BILINEAR : INLAY_OP_RESIZE_NEAREST_NEIGHBOR,
                    2 * height - (spec == 1 ? 1 : 0) + more, width, spec);
}

/// A network of 4 to 10 layers with branches, and a classifier now and then.
Model random_net(uint32_t seed) {
  Net net(seed);
  const auto spec = [&](bool pool) {
    const int32_t filter = net.pick(pool ? 2 : 1, 3);
    return WindowSpec{filter, net.pick(1, 2), pool ? 1 : net.pick(1, 2), true};
  };
  int32_t x = net.input({net.pick(0, 4) == 0 ? 2 : 1, net.pick(5, 14), net.pick(1, 7), net.pick(1, 5)});
  for (int32_t layers = net.pick(4, 10); layers > 0; --layers) {
    const int32_t channels = net.shape(x)[3];
    switch (net.pick(0, 11)) {
      case 0: case 1: x = net.conv(x, net.pick(1, 9), spec(false)); break;
      case 2: x = net.depthwise(x, spec(false)); break;
      case 3: x = net.pool(x, INLAY_OP_MAX_POOL_2D, spec(true)); break;
      case 4: x = net.pool(x, INLAY_OP_AVERAGE_POOL_2D, spec(true)); break;
      case 5: x = net.add(x, net.conv(net.depthwise(x), channels, {1, 1, 1, true}, INLAY_ACT_NONE)); break;
      case 6: x = net.join(net.conv(x, 2, {1, 1, 1, true}), net.unary(x, INLAY_OP_HARD_SWISH), 3); break;
      case 7: x = net.pad(x, net.pick(0, 2), net.pick(0, 2)); break;
      case 8: x = resized(net, x); break;
      case 9: x = net.transpose_conv(x, net.pick(1, 6), net.pick(2, 3), 2, 0, net.pick(0, 1)); break;
      case 10: x = net.slice(x, 0, (net.shape(x)[1] + 1) / 2, net.pick(1, 2)); break;
      default: x = net.unary(x, net.pick(0, 1) == 0 ? INLAY_OP_LOGISTIC : INLAY_OP_RELU); break;
    }
  }
  const std::vector<int32_t> s = net.shape(x);
  if (net.pick(0, 1) == 0) x = net.softmax(net.dense(net.reshape(x, {s[0], s[1] * s[2] * s[3]}), net.pick(3, 12)));
  return net.finish({x});
}

class Maker {
 public:
  Maker(const Model& model, uint32_t seed) : model_(model), random_(seed) {}

  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }

  /// Up to four splits of runs of ops, into two to four parts anywhere.
  std::vector<Split> splits() {
    const Graph& g = model_.graphs[0];
    const auto count = static_cast<int32_t>(g.nodes.size());
    std::vector<Split> out;
    std::vector<bool> used(g.nodes.size(), false);
    for (int32_t tries = 0; tries < 30 && out.size() < 4; ++tries) {
      Split split;
      const int32_t first = pick(0, count - 1), length = pick(1, 6);
      for (int32_t n = first; n < std::min(first + length, count) && !used[static_cast<size_t>(n)]; ++n) split.nodes.push_back(n);
      if (split.nodes.empty() || !cut(g, &split)) continue;
      for (const int32_t n : split.nodes) used[static_cast<size_t>(n)] = true;
      out.push_back(split);
    }
    return out;
  }

  std::vector<int32_t> placement(const inlay_model* model, const std::vector<inlay_device>& devices) {
    std::vector<int32_t> out;
    for (int32_t n = 0; n < main_graph(model).node_count; ++n) {
      std::vector<int32_t> takers;
      for (size_t d = 0; d < devices.size(); ++d) {
        if (tools::refusal(model, 0, n, devices[d], 1) == nullptr) takers.push_back(static_cast<int32_t>(d));
      }
      out.push_back(takers.empty() ? -1 : takers[static_cast<size_t>(pick(0, static_cast<int32_t>(takers.size()) - 1))]);
    }
    return out;
  }

 private:
  bool cut(const Graph& g, Split* split) {
    const std::vector<int32_t>& written = g.nodes[static_cast<size_t>(split->nodes.back())].outputs;
    constexpr Cut kCuts[] = {Cut::kRows, Cut::kRows, Cut::kPixels, Cut::kFeatures};
    split->cut = kCuts[pick(0, 3)];
    const int32_t axis = written.size() == 1 ? axis_of(tensor_at(g, written[0]), split->cut) : -1;
    if (axis < 0) return false;
    const int32_t extent = extent_of(tensor_at(g, written[0]), axis);
    std::vector<int32_t>& bounds = split->bounds;
    bounds = {0, extent};
    for (int32_t parts = pick(2, 4); parts > 1; --parts) bounds.push_back(pick(1, extent));
    std::sort(bounds.begin(), bounds.end());
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    return tools::refusal(g, *split).empty();
  }

  const Model& model_;
  std::mt19937 random_;
};

std::string text_of(const Graph& g, const std::vector<Split>& splits) {
  std::string text;
  for (const Split& split : splits) text += describe(g, split) + "; ";
  return text;
}

/// Returns how many splits were made.
size_t try_plans(const Model& model, const std::vector<inlay_device>& devices, int32_t plans, uint32_t seed) {
  const OpenedModel whole(model);
  const Bytes want = answers(whole.get(), {{&inlay_backend_builtin, 1}}, {}, 5);
  size_t made = 0;
  for (int32_t p = 0; p < plans; ++p) {
    Maker maker(model, seed * 1000 + static_cast<uint32_t>(p));
    const std::vector<Split> splits = maker.splits();
    std::vector<PartOrigin> origins;
    const OpenedModel opened(split_model(model, splits, &origins));
    const std::vector<int32_t> placement = maker.placement(opened.get(), devices);
    EXPECT_EQ(answers(opened.get(), devices, placement, 5), want)
        << "seed " << seed << ", plan " << p << ": " << text_of(model.graphs[0], splits);
    made += splits.size();
    if (testing::Test::HasFailure()) break;
  }
  return made;
}

TEST(SplitProperty, AnswersStay) {
  const int32_t plans = long_plans();
  const std::vector<inlay_device> devices = devices_here(plans != 0);
  size_t made = 0;
  const std::vector<std::string> files = list_in("INLAY_SPLIT_MODELS");
  for (const std::string& path : files) {
    const size_t one = try_plans(read_model(open_model(path).get()), devices, plans != 0 ? plans : kPlans, 77);
    EXPECT_GT(one, 0u) << path;
    std::printf("%s: %zu splits\n", path.c_str(), one);
    made += one;
  }
  const uint32_t nets = files.empty() ? kNets : 0;
  for (uint32_t seed = 0; seed < nets && !HasFailure(); ++seed)
    made += try_plans(random_net(seed), devices, plans != 0 ? plans : kPlans, seed);
  std::string names;
  for (const inlay_device& device : devices) names += " " + device_label(device);
  std::printf("%zu splits over%s\n", made, names.c_str());
  EXPECT_GT(made, nets);
}

}  // namespace
}  // namespace inlay::tools
