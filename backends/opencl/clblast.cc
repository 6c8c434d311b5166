// SPDX-License-Identifier: Apache-2.0
#include "clblast.h"

#include <dlfcn.h>

#include <atomic>

namespace inlay::opencl {
namespace {

// The library's C interface, version 1: enumerations and sizes as its documentation (doc/api.md) gives them.
constexpr int kRowMajor = 101, kAsIs = 111, kTransposed = 112;
using Gemm = int (*)(int layout, int a_transpose, int b_transpose, size_t m, size_t n, size_t k, float alpha, cl_mem a,
                     size_t a_at, size_t a_ld, cl_mem b, size_t b_at, size_t b_ld, float beta, cl_mem c, size_t c_at, size_t c_ld,
                     cl_command_queue* queue, cl_event* event);
using GemmBatched = int (*)(int layout, int a_transpose, int b_transpose, size_t m, size_t n, size_t k, float alpha, cl_mem a,
                            size_t a_at, size_t a_ld, size_t a_stride, cl_mem b, size_t b_at, size_t b_ld, size_t b_stride,
                            float beta, cl_mem c, size_t c_at, size_t c_ld, size_t c_stride, size_t batch,
                            cl_command_queue* queue, cl_event* event);
using ClearCache = int (*)();

struct Library {
  Gemm gemm = nullptr;
  GemmBatched batched = nullptr;
  ClearCache clear = nullptr;
  std::atomic<bool> used{false};

  Library() {
    void* handle = dlopen("libclblast.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return;
    gemm = reinterpret_cast<Gemm>(dlsym(handle, "CLBlastSgemm"));
    batched = reinterpret_cast<GemmBatched>(dlsym(handle, "CLBlastSgemmStridedBatched"));
    clear = reinterpret_cast<ClearCache>(dlsym(handle, "CLBlastClearCache"));
  }
};

Library& library() {
  static Library* const once = new Library;  // never destroyed: see api.cc
  return *once;
}

}  // namespace

bool has_clblast() {
  const Library& l = library();
  return l.gemm != nullptr && l.batched != nullptr && l.clear != nullptr;
}

Launch::Library clblast_product(const Product& p) {
  return [p](void* queue_of_driver, void* const* memory_of_driver, void** event_of_driver) {
    auto* queue = static_cast<cl_command_queue>(queue_of_driver);
    const auto* memory = reinterpret_cast<const cl_mem*>(memory_of_driver);
    auto* event = reinterpret_cast<cl_event*>(event_of_driver);
    Library& l = library();
    l.used = true;
    const int a = p.transpose_a ? kTransposed : kAsIs, b = p.transpose_b ? kTransposed : kAsIs;
    const size_t a_ld = p.transpose_a ? p.m : p.k, b_ld = p.transpose_b ? p.k : p.n;
    if (p.batch == 1) {
      return l.gemm(kRowMajor, a, b, p.m, p.n, p.k, 1.0f, memory[0], 0, a_ld, memory[1], 0, b_ld, 0.0f, memory[2], 0, p.n, &queue,
                    event);
    }
    return l.batched(kRowMajor, a, b, p.m, p.n, p.k, 1.0f, memory[0], 0, a_ld, p.a_stride, memory[1], 0, b_ld, p.b_stride, 0.0f,
                     memory[2], 0, p.n, p.m * p.n, p.batch, &queue, event);
  };
}

void clear_clblast() {
  if (library().used.exchange(false)) static_cast<void>(library().clear());
}

}  // namespace inlay::opencl
