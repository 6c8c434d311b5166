// SPDX-License-Identifier: Apache-2.0
// All kernels of the CUDA backend by name: the same table whether nvcc compiled them for a GPU or g++ for the emulator.
//
// kernels/<source>.cu holds the entries of one source and is compiled once by either; kernels/kernels.inc lists the sources:
//
//   namespace inlay::cuda {
//   static const Kernel entries[] = {
//       INLAY_CUDA_KERNEL("copy", "-DELEM=char", "copy", copy<int8_t>),
//       INLAY_CUDA_KERNEL("copy", "-DELEM=short", "copy", copy<int16_t>),
//   };
//   INLAY_CUDA_KERNEL_LIST(copy, entries)
//   }
#pragma once
#include <cstddef>
#include <utility>

namespace inlay::cuda {

/// One kernel: a function with __global__, every template argument given.
struct Kernel {
  const char* source;    ///< file of kernels/, without .cu
  const char* options;   ///< what it was made for, in the words of the op that asks for it; "" where there is nothing to choose
  const char* name;      ///< of the function
  const void* function;  ///< what cudaLaunchKernel takes; NULL in the emulator
  void (*invoke)(
      void** args);  ///< one thread of it in the emulator; NULL on a GPU. args: pointers to the arguments, as cudaLaunchKernel's
};

/// The entries of one source.
struct KernelList {
  const Kernel* first;
  size_t count;
};

/// The kernel of those names, or NULL. They are compared as text.
const Kernel* find_kernel(const char* source, const char* options, const char* name);

/// Whether there are kernels that need wgmma, for compute capability 9.0 alone.
bool has_wgmma();

/// All entries, source by source: index 0 .. kernel_count() - 1.
size_t kernel_count();
const Kernel& kernel_at(size_t index);

#ifdef INLAY_CUDA_EMULATOR
namespace emulator {

template <auto kFunction>
struct Invoker;
template <typename... Args, void (*kFunction)(Args...)>
struct Invoker<kFunction> {
  static void invoke(void** args) { call(args, std::index_sequence_for<Args...>()); }
  template <size_t... kIndex>
  static void call([[maybe_unused]] void** args, std::index_sequence<kIndex...>) {
    kFunction(*static_cast<Args*>(args[kIndex])...);
  }
};

}  // namespace emulator
#define INLAY_CUDA_KERNEL(source, options, name, ...) \
  { source, options, name, nullptr, &::inlay::cuda::emulator::Invoker<&__VA_ARGS__>::invoke }
#else
#define INLAY_CUDA_KERNEL(source, options, name, ...) \
  { source, options, name, reinterpret_cast<const void*>(&__VA_ARGS__), nullptr }
#endif

/// Makes the array `entries` known as the list of a source, inside namespace inlay::cuda.
#define INLAY_CUDA_KERNEL_LIST(source, entries) \
  extern const KernelList kernels_of_##source;  \
  const KernelList kernels_of_##source = {entries, sizeof(entries) / sizeof(entries[0])};

}  // namespace inlay::cuda
