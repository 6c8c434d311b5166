// SPDX-License-Identifier: Apache-2.0
// What bench/gemm/cublaslt.cc asks of cublasLt, by plain loops over the host's memory, which is the emulated device's: as
// NVIDIA's guide describes the functions, so that a wrong layout or a wrong type gives wrong products here, too.
#include <cstring>
#include <new>

#include "bench/gemm/cublaslt.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

using namespace inlay::bench::lt;  // NOLINT(google-build-using-namespace)

namespace {

constexpr int kInvalid = 7, kNotSupported = 15;

struct Description {
  int compute, scale, transposed;
};
struct Layout {
  int type;
  uint64_t rows, columns;
  int64_t leading;
};

template <typename T>
int drop(void* what) {
  delete static_cast<T*>(what);
  return 0;
}

template <typename T>
T at(const void* matrix, const Layout& l, uint64_t row, uint64_t column) {
  return static_cast<const T*>(matrix)[row + column * static_cast<uint64_t>(l.leading)];
}

/// d = alpha * transposed(a) * b, column by column.
template <typename In, typename Sum, typename Store>
void multiply(const void* a, const Layout& of_a, const void* b, const Layout& of_b, const Layout& of_d, Store store) {
  for (uint64_t column = 0; column < of_d.columns; ++column) {
    for (uint64_t row = 0; row < of_d.rows; ++row) {
      Sum sum = 0;
      for (uint64_t k = 0; k < of_a.rows; ++k)
        sum += static_cast<Sum>(at<In>(a, of_a, k, row)) * static_cast<Sum>(at<In>(b, of_b, k, column));
      store(row + column * static_cast<uint64_t>(of_d.leading), sum);
    }
  }
}

bool takes(const Description& p, const Layout& a, const Layout& b, const Layout& d) {
  const bool shapes = p.transposed == 1 && a.rows == b.rows && a.columns == d.rows && b.columns == d.columns;
  const bool fours = a.rows % 4 == 0 && a.columns % 4 == 0 && b.columns % 4 == 0;
  const bool sums = p.compute == kCompute32I && p.scale == kR32I && a.type == kR8I && b.type == kR8I && d.type == kR32I;
  const bool floats =
      p.compute == kCompute32FFastTF32 && p.scale == kR32F && a.type == kR32F && b.type == kR32F && d.type == kR32F;
  return shapes && ((sums && fours) || floats);
}

}  // namespace

EXPORTED size_t cublasLtGetVersion() { return 139999; }
EXPORTED int cublasLtCreate(void** handle) {
  static int only;
  *handle = &only;
  return 0;
}
EXPORTED int cublasLtDestroy(void*) { return 0; }

EXPORTED int cublasLtMatmulDescCreate(void** out, int compute, int scale) {
  *out = new Description{compute, scale, 0};
  return 0;
}
EXPORTED int cublasLtMatmulDescSetAttribute(void* product, int attribute, const void* value, size_t bytes) {
  if (attribute != kProductTransposeA || bytes != sizeof(int)) return kInvalid;
  std::memcpy(&static_cast<Description*>(product)->transposed, value, bytes);
  return 0;
}
EXPORTED int cublasLtMatmulDescDestroy(void* product) { return drop<Description>(product); }

EXPORTED int cublasLtMatrixLayoutCreate(void** out, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  *out = new Layout{type, rows, columns, leading};
  return 0;
}
EXPORTED int cublasLtMatrixLayoutDestroy(void* layout) { return drop<Layout>(layout); }

EXPORTED int cublasLtMatmulPreferenceCreate(void** out) {
  *out = new uint64_t{0};
  return 0;
}
EXPORTED int cublasLtMatmulPreferenceSetAttribute(void* preference, int attribute, const void* value, size_t bytes) {
  if (attribute != kPreferenceWorkspace || bytes != sizeof(uint64_t)) return kInvalid;
  std::memcpy(preference, value, bytes);
  return 0;
}
EXPORTED int cublasLtMatmulPreferenceDestroy(void* preference) { return drop<uint64_t>(preference); }

EXPORTED int cublasLtMatmulAlgoGetHeuristic(void*, void* product, void* a, void* b, void*, void* d, void*, int wanted,
                                            Heuristic* out, int* found) {
  *found = wanted >= 1 && takes(*static_cast<Description*>(product), *static_cast<Layout*>(a), *static_cast<Layout*>(b),
                                *static_cast<Layout*>(d))
               ? 1
               : 0;
  if (*found != 0) *out = {};
  return *found != 0 ? 0 : kNotSupported;
}

EXPORTED int cublasLtMatmul(void*, void* product, const void*, const void* a, void* of_a, const void* b, void* of_b, const void*,
                            const void*, void*, void* d, void* of_d, const Algorithm* algorithm, void* workspace,
                            size_t workspace_bytes, void*) {
  const Layout &la = *static_cast<Layout*>(of_a), &lb = *static_cast<Layout*>(of_b), &ld = *static_cast<Layout*>(of_d);
  if (!takes(*static_cast<Description*>(product), la, lb, ld) || algorithm == nullptr ||
      (workspace == nullptr && workspace_bytes != 0))
    return kInvalid;
  if (la.type == kR8I) {
    multiply<signed char, int>(a, la, b, lb, ld, [d](uint64_t i, int sum) { static_cast<int*>(d)[i] = sum; });
  } else {
    multiply<float, double>(a, la, b, lb, ld,
                            [d](uint64_t i, double sum) { static_cast<float*>(d)[i] = static_cast<float>(sum); });
  }
  return 0;
}
