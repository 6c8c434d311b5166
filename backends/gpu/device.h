// SPDX-License-Identifier: Apache-2.0
// What the host-side half of a GPU backend knows of a device, and how it fails.
#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "inlay/inlay.h"

namespace inlay::gpu {

/// What a device says of itself.
struct Caps {
  std::string name, vendor, driver, version, platform;
  bool gpu = false;
  bool unified = false;  ///< host and device share memory
  bool fp16 = false;     ///< half arithmetic (cl_khr_fp16); storing halves needs nothing
  bool dot8 = false;     ///< cl_khr_integer_dot_product, or an instruction like it: dot() of four signed or unsigned 8-bit values
  bool libraries = true;     ///< other libraries' kernels may run here
  bool exact_division = false;  ///< of float32, rounded correctly where a program asks for it
  size_t alignment = 0;         ///< bytes: of where a tensor begins in a buffer
  size_t most_group = 0;        ///< work-items
  size_t most_items[3] = {};
  uint64_t local_bytes = 0, global_bytes = 0, most_buffer = 0;
  uint32_t units = 0;
  int32_t arch = 0;  ///< CUDA's compute capability, 10 * major + minor; 0: another driver
  bool wgmma = false;        ///< CUDA: there are kernels for sm_90a, and the device runs them
};

/// What ends a preparation or a run; the table of the backend makes a status of it.
class Failure : public std::runtime_error {
 public:
  Failure(inlay_status status, const std::string& text) : std::runtime_error(text), status_(status) {}
  inlay_status status() const { return status_; }

 private:
  inlay_status status_;
};

}  // namespace inlay::gpu
