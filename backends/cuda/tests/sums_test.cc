// SPDX-License-Identifier: Apache-2.0
// ADDs that a convolution's launch does: where, where not, and that nothing can be told from the answers. On the emulated devices, whose
// memory between tensors AddressSanitizer watches.
#include <gtest/gtest.h>

#include <algorithm>

#include "emulated/faults.h"
#include "gpu/sums.h"
#include "ops.h"
#include "tests/net.h"

extern "C" const inlay_backend inlay_backend_cuda;

namespace inlay::cuda {
namespace {

using Image = std::vector<int32_t>;

std::string text(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += "[" + name + "]";
  return all;
}

/// The net's nodes, ADDs of other nodes among them, are so many launches on every device, and give the bits of builtin.
void expect_launches(Net* net, int32_t launches, size_t fused, const std::vector<uint8_t>& variants = {}) {
  const Ran wanted = net->run(inlay_backend_builtin, 0);
  ASSERT_EQ(wanted.status, INLAY_OK) << wanted.sentence;
  for (int32_t device = 0; device < emulated::kDevices; ++device) {
    const Ran ran = net->run(inlay_backend_cuda, device, variants);
    ASSERT_EQ(ran.status, INLAY_OK) << ran.sentence;
    EXPECT_EQ(ran.use.launches, launches) << text(ran.kernels) << " on " << device;
    EXPECT_EQ(static_cast<size_t>(std::count(ran.kernels.begin(), ran.kernels.end(), "fused")), fused) << text(ran.kernels);
    EXPECT_TRUE(ran.outputs == wanted.outputs) << text(ran.kernels) << " on " << device;
  }
  EXPECT_TRUE(emulated::held().nothing());
}

constexpr uint8_t kDirect = 1;  ///< the variant of a convolution that computes a value at a time

constexpr inlay_dtype kDtypes[] = {INLAY_INT8, INLAY_UINT8};
constexpr inlay_activation kActivations[] = {INLAY_ACT_NONE, INLAY_ACT_RELU, INLAY_ACT_RELU6};

/// Convolutions of every kind, with channels for every width of stores.
int32_t project(Net* net, int kind, int32_t in, inlay_activation activation) {
  switch (kind) {
    case 0: return net->conv(in, 16, 1, activation);
    case 1: return net->conv(in, 12, 3, activation);
    case 2: return net->conv(in, 5, 3, activation);
    case 3: return net->depthwise(in, 3, activation);
    default: return net->dense(in, 20, activation);
  }
}
constexpr int kKinds = 5;
constexpr int32_t kChannels[kKinds] = {16, 12, 5, 32, 20};

Image image_of(int kind) { return kind == 4 ? Image{3, kChannels[kind]} : Image{1, 6, 7, kChannels[kind]}; }
Image source_of(int kind) { return kind == 4 ? Image{3, 48} : Image{1, 6, 7, 32}; }

TEST(CudaSums, EveryKindOfConvolutionInBothOrders) {
  uint32_t seed = 0;
  for (const inlay_dtype dtype : kDtypes) {
    for (int kind = 0; kind < kKinds; ++kind) {
      for (const bool first : {true, false}) {
        SCOPED_TRACE("kind " + std::to_string(kind) + ", dtype " + std::to_string(dtype) + (first ? ", a" : ", b"));
        Net net(dtype, ++seed);
        const int32_t x = net.input(source_of(kind)), other = net.input(image_of(kind));
        const int32_t y = project(&net, kind, x, kActivations[seed % 3]);
        net.finish({first ? net.add(y, other, kActivations[seed / 3 % 3]) : net.add(other, y, kActivations[seed / 3 % 3])});
        expect_launches(&net, 1, 1);
      }
    }
  }
}

TEST(CudaSums, EveryVariantHasTheSameBits) {
  for (const int kind : {0, 1, 3}) {
    Net net(INLAY_INT8, 20u + static_cast<uint32_t>(kind));
    const int32_t x = net.input(source_of(kind)), other = net.input(image_of(kind));
    net.finish({net.add(project(&net, kind, x, INLAY_ACT_RELU), other)});
    for (uint8_t variant = 0; variant < 12; ++variant) {
      SCOPED_TRACE("variant " + std::to_string(variant));
      const bool fuses = variant != kDirect;
      expect_launches(&net, fuses ? 1 : 2, fuses ? 1 : 0, {variant, 0});
    }
  }
}

TEST(CudaSums, SmallGroupsAdd) {
  Net net(INLAY_INT8, 28);
  const int32_t x = net.input({1, 6, 7, 32});
  net.finish({net.add(x, net.conv(x, 32, 3, INLAY_ACT_RELU, 16))});
  expect_launches(&net, 1, 1);
  EXPECT_EQ(net.run(inlay_backend_cuda, 0).kernels[0], "dp4a + ADD");
}

TEST(CudaSums, SparseTensorCoresAdd) {
  Net net(INLAY_INT8, 29);
  net.prune();
  const int32_t x = net.input({1, 8, 8, 64});
  net.finish({net.add(net.conv(x, 64, 1), x)});
  expect_launches(&net, 1, 1);
  EXPECT_EQ(net.run(inlay_backend_cuda, 0).kernels[0], "sparse tensor cores + ADD");
}

/// A long depth and few pixels: the other forms on tensor cores are among the variants.
TEST(CudaSums, SplitDepthAndWgmmaAdd) {
  Net net(INLAY_INT8, 28);
  const int32_t x = net.input({1, 4, 4, 1024}), other = net.input({1, 4, 4, 32});
  net.finish({net.add(net.conv(x, 32, 1), other)});
  std::string kernels;
  for (uint8_t variant = 0; variant < 16; ++variant) {
    expect_launches(&net, variant == kDirect ? 2 : 1, variant == kDirect ? 0 : 1, {variant, 0});
    kernels += text(net.run(inlay_backend_cuda, 0, {variant, 0}).kernels);
  }
  for (const char* form : {"[tensor cores, split depth", "[wgmma"}) EXPECT_NE(kernels.find(form), std::string::npos) << kernels;
}

TEST(CudaSums, ABlockAddsItsOwnInput) {
  Net net(INLAY_INT8, 30);
  const int32_t x = net.tanh(net.input({1, 8, 8, 24}));
  const int32_t y = net.conv(net.depthwise(net.conv(x, 96, 1, INLAY_ACT_RELU6), 3, INLAY_ACT_RELU6), 24, 1);
  net.finish({net.tanh(net.add(y, x))});
  expect_launches(&net, 5, 1);
}

TEST(CudaSums, OfTwoConvolutionsTheLaterOneAdds) {
  for (const bool swapped : {false, true}) {
    Net net(INLAY_INT8, 31);
    const int32_t x = net.input({1, 8, 8, 16}), a = net.conv(x, 32, 3), b = net.conv(x, 32, 1);
    net.finish({swapped ? net.add(b, a, INLAY_ACT_RELU) : net.add(a, b, INLAY_ACT_RELU)});
    expect_launches(&net, 2, 1);
  }
}

/// The second sum's other operand is the first sum, which is written later in the model and earlier here.
TEST(CudaSums, ASumIsThereAsSoonAsItsConvolution) {
  Net net(INLAY_INT8, 32);
  const int32_t x = net.input({1, 8, 8, 16}), a = net.conv(x, 16, 3), b = net.conv(x, 16, 1), first = net.add(a, x);
  net.finish({net.add(first, b)});
  expect_launches(&net, 2, 2);
}

TEST(CudaSums, SumsAreUsedFurther) {
  Net net(INLAY_INT8, 33);
  const int32_t x = net.input({1, 8, 8, 16}), sum = net.add(net.conv(x, 16, 3), x, INLAY_ACT_RELU);
  const int32_t next = net.add(sum, net.conv(sum, 16, 3));
  net.finish({sum, net.tanh(next), net.conv(next, 8, 1)});
  expect_launches(&net, 4, 2);
}

TEST(CudaSums, AConstantAndOtherRanks) {
  Net net(INLAY_INT8, 34);
  const int32_t x = net.input({1, 4, 5, 16}), y = net.add(net.conv(x, 16, 1), net.constant({4, 5, 16}));
  net.finish({y});
  expect_launches(&net, 1, 1);
}

/// Convolution and ADD remain two launches.
TEST(CudaSums, WhatIsNotFused) {
  const Image image = {1, 6, 6, 16};
  struct Case {
    const char* what;
    int32_t launches;
    void (*make)(Net*, int32_t x, int32_t y);
  };
  const Case cases[] = {
      {"x + x", 2, [](Net* net, int32_t, int32_t y) { net->finish({net->add(y, y)}); }},
      {"an output of the graph", 2, [](Net* net, int32_t x, int32_t y) { net->finish({y, net->add(y, x)}); }},
      {"read by another node", 3,
       [](Net* net, int32_t x, int32_t y) {
         const int32_t sum = net->add(y, x);
         net->finish({sum, net->tanh(y)});
       }},
      {"a tensor that is made later", 3, [](Net* net, int32_t x, int32_t y) { net->finish({net->add(y, net->tanh(x))}); }},
      {"one that is broadcast", 2, [](Net* net, int32_t, int32_t y) { net->finish({net->add(y, net->constant({1, 1, 1, 16}))}); }},
      {"a convolution that is broadcast", 2,
       [](Net* net, int32_t, int32_t y) { net->finish({net->add(y, net->constant({5, 6, 6, 16}))}); }},
      {"scales far apart", 2,
       [](Net* net, int32_t x, int32_t y) {
         const int32_t sum = net->add(y, x);
         net->set_scale(sum, 30000.0f);
         net->finish({sum});
       }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Net net(INLAY_INT8, 40);
    const int32_t x = net.input(image);
    c.make(&net, x, net.conv(x, 16, 3));
    expect_launches(&net, c.launches, 0);
  }
}

TEST(CudaSums, NotOfNodesThatTheBackendPlansItself) {
  Net net(INLAY_INT8, 45);
  const int32_t x = net.input({1, 6, 6, 16});
  net.finish({net.add(net.conv(x, 16, 3), x)});
  const inlay_segment segment = net.segment();
  gpu::Caps caps;
  caps.local_bytes = 1 << 16;
  const auto own = [](const gpu::Node& node, gpu::Recipe* recipe) {
    if (node.node->kind == INLAY_OP_ADD) recipe->kernel = "own";
    return node.node->kind == INLAY_OP_ADD;
  };
  EXPECT_EQ(gpu::plan_nodes(segment, caps, find_op).sums.size(), 1u);
  const gpu::Plans plans = gpu::plan_nodes(segment, caps, find_op, own);
  EXPECT_TRUE(plans.sums.empty());
  EXPECT_EQ(plans.recipes[0].launches.size(), 1u);
  EXPECT_EQ(plans.recipes[1].kernel, "own");
}

TEST(CudaSums, NotAcrossSegments) {
  Net net(INLAY_INT8, 41);
  const int32_t x = net.input({1, 6, 6, 16});
  net.finish({net.add(net.conv(x, 16, 3), x)});
  const Ran apart = net.run_apart(inlay_backend_cuda, 0), wanted = net.run(inlay_backend_builtin, 0);
  ASSERT_EQ(apart.status, INLAY_OK) << apart.sentence;
  EXPECT_EQ(apart.use.launches, 2);
  EXPECT_TRUE(apart.outputs == wanted.outputs);
}

/// Device 1 reads and writes the host's tensors in place: what is left to be planned is what the convolution alone gives.
TEST(CudaSums, TheConvolutionsOwnOutputTakesNoMemory) {
  Net net(INLAY_INT8, 42);
  const int32_t x = net.input({1, 16, 16, 16});
  net.finish({net.add(net.conv(x, 16, 3), x)});
  const Ran fused = net.run(inlay_backend_cuda, 1), two = net.run(inlay_backend_cuda, 1, {kDirect, 0});
  EXPECT_EQ(fused.use.planned, 0u);
  EXPECT_EQ(two.use.planned, 16u * 16 * 16);
}

/// What is added stays until the convolution has read it: many tensors of its size want its place before.
TEST(CudaSums, WhatIsAddedStays) {
  Net net(INLAY_INT8, 43);
  const int32_t x = net.tanh(net.input({1, 8, 8, 16}));
  int32_t y = x;
  for (int i = 0; i < 5; ++i) y = net.tanh(y);
  net.finish({net.tanh(net.add(net.conv(y, 16, 3), x))});
  expect_launches(&net, 8, 1);
}

/// All but the form that computes a value at a time add: as tiles, as parts of the depth, as few rows, as depthwise filters. float32 has
/// the bits of two launches, halves leave out a rounding.
TEST(CudaSums, Floats) {
  for (const uint32_t fast_math : {0u, static_cast<uint32_t>(INLAY_FAST_MATH_FP16)}) {
    for (int kind = 0; kind < kKinds; ++kind) {
      for (uint8_t variant = 0; variant < 9; ++variant) {
        SCOPED_TRACE("kind " + std::to_string(kind) + ", variant " + std::to_string(variant));
        Net net(INLAY_FLOAT32, 50u + static_cast<uint32_t>(kind));
        net.set_fast_math(fast_math);
        const int32_t x = net.input(source_of(kind)), other = net.input(image_of(kind));
        const int32_t y = project(&net, kind, x, INLAY_ACT_RELU);
        net.finish({variant % 2 == 0 ? net.add(y, other, INLAY_ACT_RELU6) : net.add(other, y, INLAY_ACT_RELU6)});
        const std::vector<uint8_t> variants = {variant, 0};
        const Ran ran = net.run(inlay_backend_cuda, 0, variants), apart = net.run_apart(inlay_backend_cuda, 0, variants);
        ASSERT_EQ(ran.status, INLAY_OK) << ran.sentence;
        EXPECT_EQ(std::count(ran.kernels.begin(), ran.kernels.end(), "fused"), variant != kDirect) << text(ran.kernels);
        EXPECT_EQ(ran.outputs == apart.outputs || fast_math != 0, true) << text(ran.kernels);
        EXPECT_LE(distance(ran, net.run(inlay_backend_builtin, 0)), fast_math != 0 ? 1e-2f : 1e-4f) << text(ran.kernels);
      }
    }
  }
}

struct Clock {
  struct Span {
    int32_t node;
    uint64_t begin, end;
  };
  std::vector<Span> spans;
  inlay_observer observer{sizeof(inlay_observer), now, done, this};
  static uint64_t now(void*) { return 1000000000; }
  static void done(void* user, int32_t, int32_t node, uint64_t begin, uint64_t end) {
    static_cast<Clock*>(user)->spans.push_back({node, begin, end});
  }
};

TEST(CudaSums, AnObservedRunTellsOfEveryNode) {
  Net net(INLAY_INT8, 44);
  const int32_t x = net.input({1, 8, 8, 16}), y = net.conv(x, 16, 3);
  net.finish({net.tanh(net.add(x, y))});
  Clock clock;
  const Ran ran = net.run(inlay_backend_cuda, 0, {}, &clock.observer), wanted = net.run(inlay_backend_builtin, 0);
  EXPECT_TRUE(ran.outputs == wanted.outputs);
  ASSERT_EQ(clock.spans.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(clock.spans[i].node, static_cast<int32_t>(i));
    EXPECT_EQ(clock.spans[i].begin, i > 0 ? clock.spans[i - 1].end : clock.spans[i].begin);
  }
  EXPECT_GT(clock.spans[0].end, clock.spans[0].begin);
  EXPECT_EQ(clock.spans[1].end, clock.spans[1].begin) << "the convolution's launch is not divided";
  EXPECT_EQ(ran.kernels[0], "tensor cores + ADD");
  EXPECT_EQ(ran.kernels[1], "fused");
}

}  // namespace
}  // namespace inlay::cuda
