// SPDX-License-Identifier: Apache-2.0
// bench/cuda_gemm on the emulated device: its numbers, its options, both sides of the comparison, and how it ends without a
// device.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "bench/gemm/cublaslt.h"
#include "bench/gemm/options.h"
#include "bench/gemm/product.h"
#include "bench/gemm/run.h"
#include "emulated/faults.h"

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
#endif

namespace inlay::bench {
namespace {

struct Ended {
  int code;
  std::string out, err;
};

std::vector<char*> pointers(std::vector<std::string>* words) {
  std::vector<char*> all;
  for (std::string& word : *words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

Ended run(std::vector<std::string> words) {
  words.insert(words.begin(), "cuda_gemm");
  std::vector<char*> argv = pointers(&words);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = cuda_gemm(static_cast<int>(words.size()), argv.data());
  const std::string out = testing::internal::GetCapturedStdout();
  return {code, out, testing::internal::GetCapturedStderr()};
}

int parse(std::vector<std::string> words, GemmOptions* options) {
  words.insert(words.begin(), "cuda_gemm");
  std::vector<char*> argv = pointers(&words);
  return parse_gemm_options(static_cast<int>(words.size()), argv.data(), options);
}

size_t lines_with(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(CudaGemmBench, MediansAndQuartiles) {
  const Spread odd = spread_of({5, 1, 9, 3, 7});
  EXPECT_EQ(odd.median, 5);
  EXPECT_EQ(odd.low, 3);
  EXPECT_EQ(odd.high, 7);
  const Spread even = spread_of({4, 2, 1, 3});
  EXPECT_EQ(even.median, 2.5);
  EXPECT_EQ(even.low, 1.75);
  EXPECT_EQ(even.high, 3.25);
  EXPECT_EQ(spread_of({6}).high, 6);
}

TEST(CudaGemmBench, Floors) {
  const Peaks h200 = peaks_of("NVIDIA H200", {});
  const Floors square = floors_of({4096, 4096, 4096}, GemmType::kInt8, h200);
  EXPECT_NEAR(square.arithmetic, 69.4e-6, 0.2e-6);
  EXPECT_NEAR(square.memory, 10.5e-6, 0.1e-6);
  EXPECT_NEAR(floors_of({4096, 4096, 4096}, GemmType::kTf32, h200).arithmetic, 4 * square.arithmetic, 1e-9);
  EXPECT_EQ(peaks_of("somebody's card", {}).int8_tera, 0.0);
  GemmOptions told;
  told.tera = 100.0, told.giga_bytes = 50.0;
  EXPECT_EQ(peaks_of("NVIDIA H200", told).giga_bytes, 50.0);
  EXPECT_EQ(floors_of({10, 10, 10}, GemmType::kInt8, {}).arithmetic, 0.0);
}

TEST(CudaGemmBench, Options) {
  GemmOptions o;
  ASSERT_EQ(parse({}, &o), -1);
  EXPECT_GT(o.shapes.size(), 5u);
  EXPECT_EQ(o.types, std::vector<GemmType>{GemmType::kInt8});
  ASSERT_EQ(parse({"--shape", "3x5x7", "--type", "fp16", "tf32", "--rounds", "4", "--variants", "--tops", "1.5"}, &o), -1);
  ASSERT_EQ(o.shapes.size(), 1u);
  EXPECT_EQ(text_of(o.shapes[0]), "3x5x7");
  EXPECT_EQ(o.types, (std::vector<GemmType>{GemmType::kFp16, GemmType::kTf32}));
  EXPECT_TRUE(o.variants && o.rounds == 4 && o.tera == 1.5);
  for (const char* wrong : {"3x5", "3x5x7x", "0x5x7", "-1x5x7", "axbxc", "1000000x1000000x1", ""}) {
    EXPECT_EQ(run({"--shape", wrong}).code, 2) << wrong;
  }
  EXPECT_EQ(run({"--type", "int4"}).code, 2);
  EXPECT_EQ(run({"--rounds", "0"}).code, 2);
  EXPECT_EQ(run({"--gbs", "-1"}).code, 2);
  EXPECT_EQ(run({"--nonsense"}).code, 2);
}

TEST(CudaGemmBench, WithoutADevice) {
  const Ended beyond = run({"--device", "17"});
  EXPECT_EQ(beyond.code, kNoDevice);
  EXPECT_NE(beyond.err.find("there is no device 17"), std::string::npos) << beyond.err;
}

TEST(CudaGemmBench, OursAlone) {
  const Ended ended = run({"--cublaslt", "/nowhere/libcublasLt.so", "--shape", "5x36x80", "--type", "int8", "fp16", "bf16",
                           "--rounds", "3", "--repeats", "2"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("ours alone, without cublasLt: /nowhere/libcublasLt.so"), std::string::npos) << ended.err;
  EXPECT_EQ(lines_with(ended.out, "| 5x36x80 |"), 3u) << ended.out;
}

/// All of our forms against exact sums, by calls as cublasLt takes them.
TEST(CudaGemmBench, BothSides) {
  const Ended ended =
      run({"--cublaslt", INLAY_FAKE_CUBLASLT, "--shape", "5x36x1040", "--variants", "--rounds", "1", "--repeats", "1"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(lines_with(ended.out, "cublasLt, int32 out"), 1u) << ended.out;
  EXPECT_EQ(lines_with(ended.err, "has no algorithm (status 15)"), 1u) << "the fake has no int8 out; " << ended.err;
  EXPECT_GT(lines_with(ended.out, "| 5x36x1040 |"), 12u) << ended.out;
  for (const char* form : {"direct q8", "tensor cores", "split depth / 2", "wgmma"})
    EXPECT_GE(lines_with(ended.out, form), 1u) << form;
}

TEST(CudaGemmBench, WrongAnswersAreSeen) {
  const Product product({2, 3, 4}, GemmType::kInt8);
  const std::vector<int32_t> sums = {0, 0, 0, 0, 0, 1 << 20};
  std::vector<uint8_t> bytes(sums.size() * sizeof(int32_t)), ours = {0, 0, 0, 0, 0, 127};
  std::memcpy(bytes.data(), sums.data(), bytes.size());
  EXPECT_EQ(product.difference(ours, bytes), "");
  ours[4] = 1;
  EXPECT_EQ(product.difference(ours, bytes), "row 1, channel 1: 1 instead of 0");
}

/// What runs on compute capability 9.0 alone is offered nowhere else.
TEST(CudaGemmBench, NoWgmmaOnOtherDevices) {
  for (const char* device : {"1", "2"}) {
    const Ended ended =
        run({"--cublaslt", "none", "--device", device, "--shape", "17x64x128", "--variants", "--rounds", "1", "--repeats", "1"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_GT(lines_with(ended.out, "tensor cores"), 4u) << ended.out;
    EXPECT_EQ(lines_with(ended.out, "wgmma"), 0u) << ended.out;
  }
}

TEST(CudaGemmBench, FloatsComeNear) {
  const Ended ended =
      run({"--cublaslt", INLAY_FAKE_CUBLASLT, "--shape", "9x20x48", "--type", "tf32", "--rounds", "1", "--repeats", "1"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(lines_with(ended.out, "| tf32 | 9x20x48 | cublasLt |"), 1u) << ended.out;
}

/// A driver that refuses: a sentence and code 1.
TEST(CudaGemmBench, OutOfMemory) {
  cuda::emulated::fail(cuda::emulated::Call::kTake, 3, 0, cuda::emulated::kOutOfMemory);
  const Ended ended = run({"--cublaslt", INLAY_FAKE_CUBLASLT, "--shape", "5x36x80", "--rounds", "1", "--repeats", "1"});
  cuda::emulated::settle();
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("cudaErrorMemoryAllocation"), std::string::npos) << ended.err;
  EXPECT_TRUE(cuda::emulated::held().nothing());
}

#if __has_include(<cublasLt.h>)
TEST(CudaGemmBench, NumbersAreThoseOfTheHeader) {
  EXPECT_EQ(lt::kR32F, CUDA_R_32F);
  EXPECT_EQ(lt::kR16F, CUDA_R_16F);
  EXPECT_EQ(lt::kR8I, CUDA_R_8I);
  EXPECT_EQ(lt::kR32I, CUDA_R_32I);
  EXPECT_EQ(lt::kCompute32F, CUBLAS_COMPUTE_32F);
  EXPECT_EQ(lt::kCompute32I, CUBLAS_COMPUTE_32I);
  EXPECT_EQ(lt::kCompute32FFast16BF, CUBLAS_COMPUTE_32F_FAST_16BF);
  EXPECT_EQ(lt::kCompute32FFastTF32, CUBLAS_COMPUTE_32F_FAST_TF32);
  EXPECT_EQ(lt::kTransposed, CUBLAS_OP_T);
  EXPECT_EQ(lt::kProductTransposeA, CUBLASLT_MATMUL_DESC_TRANSA);
  EXPECT_EQ(lt::kPreferenceWorkspace, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
  EXPECT_EQ(sizeof(lt::Algorithm), sizeof(cublasLtMatmulAlgo_t));
  EXPECT_EQ(sizeof(lt::Heuristic), sizeof(cublasLtMatmulHeuristicResult_t));
  EXPECT_EQ(offsetof(lt::Heuristic, state), offsetof(cublasLtMatmulHeuristicResult_t, state));
}
#endif

}  // namespace
}  // namespace inlay::bench
