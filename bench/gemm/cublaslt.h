// SPDX-License-Identifier: Apache-2.0
// The part of cublasLt's C interface that is used: names of ours for its functions and numbers (status 0: done).
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay::bench::lt {

// cudaDataType_t
constexpr int kR32F = 0, kR16F = 2, kR8I = 3, kR32I = 10;
// cublasComputeType_t
constexpr int kCompute32F = 68, kCompute32I = 72, kCompute32FFast16BF = 75, kCompute32FFastTF32 = 77;
// cublasOperation_t
constexpr int kTransposed = 1;
// cublasLtMatmulDescAttributes_t, cublasLtMatmulPreferenceAttributes_t
constexpr int kProductTransposeA = 3, kPreferenceWorkspace = 1;

/// cublasLtMatmulAlgo_t
struct Algorithm {
  uint64_t data[8];
};
/// cublasLtMatmulHeuristicResult_t
struct Heuristic {
  Algorithm algorithm;
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
};

struct Functions {
  size_t (*version)();
  int (*create)(void** handle);
  int (*destroy)(void* handle);
  int (*product_create)(void** product, int compute, int scale);
  int (*product_set)(void* product, int attribute, const void* value, size_t bytes);
  int (*product_destroy)(void* product);
  int (*layout_create)(void** layout, int type, uint64_t rows, uint64_t columns, int64_t leading);
  int (*layout_destroy)(void* layout);
  int (*preference_create)(void** preference);
  int (*preference_set)(void* preference, int attribute, const void* value, size_t bytes);
  int (*preference_destroy)(void* preference);
  int (*heuristic)(void* handle, void* product, void* a, void* b, void* c, void* d, void* preference, int wanted, Heuristic* out,
                   int* found);
  int (*multiply)(void* handle, void* product, const void* alpha, const void* a, void* a_layout, const void* b, void* b_layout,
                  const void* beta, const void* c, void* c_layout, void* d, void* d_layout, const Algorithm* algorithm,
                  void* workspace, size_t workspace_bytes, void* stream);
};

}  // namespace inlay::bench::lt
