// SPDX-License-Identifier: Apache-2.0
// Kernels from our sources, which are part of this library, or from binaries that an earlier session has left in a folder.
#pragma once
#include <set>
#include <string>

#include "device.h"
#include "inlay/backend.h"

namespace inlay::opencl {

/// The text of kernels/<name>.cl, NULL when there is none.
const char* source_text(const std::string& name);
/// What the compiler gets: kernels/common.cl and the source.
std::string whole_source(const std::string& name);
/// Options beside the macros, for every program on this device.
std::string base_options(const Caps& caps);

/// The file of a program in a cache folder: its name tells device, driver, source and options by a hash.
std::string cache_file(const Caps& caps, const ProgramId& id);

/// Of the programs that were not there yet.
struct BuildCount {
  int32_t programs = 0, cached = 0;
  uint64_t build_us = 0;
};

/// Makes every program of `wanted` that the context lacks, several at once, and tells `progress`. Binaries come from and go to
/// `cache_dir` when it is not NULL; trouble there is no failure. Throws Failure with the first lines of the compiler's log.
BuildCount build_programs(Context& context, const Caps& caps, const std::set<ProgramId>& wanted, const char* cache_dir,
                          const inlay_progress* progress);

/// A kernel of a program that was built.
Kernel make_kernel(const Context& context, const ProgramId& id, const std::string& name);

}  // namespace inlay::opencl
