// SPDX-License-Identifier: Apache-2.0
// What cuda_gemm is asked for, and the numbers it prints: of the host alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace inlay::bench {

/// out[m][n] = in[m][k] * weights[n][k]: a FULLY_CONNECTED node, or a 1x1 convolution of m pixels.
struct GemmShape {
  int32_t m, n, k;
  double products() const { return static_cast<double>(m) * n * k; }
};
std::string text_of(const GemmShape& s);  ///< "49x1280x320"

/// What products are computed of. bf16 and tf32 round floats of 32 bits, which lie in memory.
enum class GemmType { kInt8, kFp16, kBf16, kTf32 };
constexpr int kGemmTypes = 4;
const char* name_of(GemmType type);
/// Bytes of an input in memory, and of an output of ours.
int32_t bytes_of(GemmType type);

struct GemmOptions {
  std::vector<GemmShape> shapes;  ///< one at least
  std::vector<GemmType> types;    ///< one at least
  int32_t device = 0;
  int32_t rounds = 21;
  int32_t repeats = 0;      ///< launches of one measurement; 0: as many as take a millisecond
  bool variants = false;    ///< all of ours, not only the one that would be taken
  std::string cublaslt;     ///< a path; empty: looked for by name
  double tera = 0.0;        ///< peak of int8 in 10^12 operations a second; 0: as the device's name says
  double giga_bytes = 0.0;  ///< memory, 10^9 bytes a second; 0: likewise
};
/// -1, or the exit code of a program that is to end: 0 after --help, 2 after a sentence on stderr. The usual shapes and int8
/// where nothing else is said.
int parse_gemm_options(int argc, char** argv, GemmOptions* out);

/// The median and the quartiles.
struct Spread {
  double median, low, high;
};
/// Not of nothing. Between two values in the middle: their mean.
Spread spread_of(std::vector<double> values);

/// What a device could do at best by its data sheet; 0: unknown.
struct Peaks {
  double int8_tera, giga_bytes;
};
/// `name`: as the driver says it.
Peaks peaks_of(const std::string& name, const GemmOptions& options);
/// The seconds that arithmetic and memory take at least; 0: unknown. Each of the three matrices moves once.
struct Floors {
  double arithmetic, memory;
};
Floors floors_of(const GemmShape& s, GemmType type, const Peaks& peaks);
/// Launches of one measurement: about a millisecond of them, at a guess.
int32_t repeats_of(const GemmShape& s, const GemmOptions& options);

}  // namespace inlay::bench
