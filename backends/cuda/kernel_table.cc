// SPDX-License-Identifier: Apache-2.0
#include "kernel_table.h"

#include <cstring>

namespace inlay::cuda {

#define INLAY_CUDA_SOURCE(source) extern const KernelList kernels_of_##source;
#include "kernels/kernels.inc"
#undef INLAY_CUDA_SOURCE

namespace {

const KernelList* const kLists[] = {
#define INLAY_CUDA_SOURCE(source) &kernels_of_##source,
#include "kernels/kernels.inc"
#undef INLAY_CUDA_SOURCE
};

}  // namespace

bool has_wgmma() {
#ifdef INLAY_CUDA_WGMMA
  return true;
#else
  return false;
#endif
}

size_t kernel_count() {
  size_t count = 0;
  for (const KernelList* list : kLists) count += list->count;
  return count;
}

const Kernel& kernel_at(size_t index) {
  const KernelList* const* list = kLists;
  for (; index >= (*list)->count; ++list) index -= (*list)->count;
  return (*list)->first[index];
}

const Kernel* find_kernel(const char* source, const char* options, const char* name) {
  for (const KernelList* list : kLists) {
    for (size_t i = 0; i < list->count; ++i) {
      const Kernel& k = list->first[i];
      if (std::strcmp(k.name, name) == 0 && std::strcmp(k.source, source) == 0 && std::strcmp(k.options, options) == 0) return &k;
    }
  }
  return nullptr;
}

}  // namespace inlay::cuda
