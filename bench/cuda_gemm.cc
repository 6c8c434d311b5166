// SPDX-License-Identifier: Apache-2.0
// cuda_gemm: how fast a CUDA device multiplies matrices by our kernels and by cublasLt, in one run, by turns.
#include "bench/gemm/run.h"

int main(int argc, char** argv) { return inlay::bench::cuda_gemm(argc, argv); }
