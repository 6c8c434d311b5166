// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace inlay::bench {

/// The program: a Markdown table on stdout. Exit codes: 0 done (with or without cublasLt), 1 the work failed, 2 wrong usage, 77
/// there is no CUDA device, which stderr says.
int cuda_gemm(int argc, char** argv);
constexpr int kNoDevice = 77;

}  // namespace inlay::bench
