// SPDX-License-Identifier: Apache-2.0
// Models and memory for the stress tests.
#pragma once
#include <cstdlib>
#include <string>
#include <vector>

#include "inlay/backend.h"
#include "inlay/op.h"
#include "tools/graph/ir.h"

namespace inlay::stress {

/// The .inlay bytes of examples/digits/digits_<kind>.tflite.
tools::Bytes digits(const std::string& kind);

/// Memory aligned to 64, `shift` bytes off when asked.
class Block {
 public:
  explicit Block(size_t bytes, size_t shift = 0) : shift_(shift), bytes_(bytes) {
    if (posix_memalign(&data_, 64, bytes + shift + 1) != 0) std::abort();
  }
  ~Block() { std::free(data_); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  inlay_block block() const { return {static_cast<uint8_t*>(data_) + shift_, bytes_}; }

 private:
  void* data_ = nullptr;
  size_t shift_, bytes_;
};

/// A model over its own copy of the bytes.
class Model {
 public:
  explicit Model(const tools::Bytes& bytes);
  const inlay_model* get() const { return model_; }

 private:
  Block bytes_;
  Block tables_;
  inlay_model* model_ = nullptr;
};

/// Every op of the build on `devices`.
inlay_config config_of(const std::vector<inlay_device>& devices);
std::vector<inlay_device> builtin();

/// Writes the same pseudo-random input for the same seed.
void fill_input(inlay_session* session, const inlay_model* model, uint32_t seed);
/// The bytes of output 0.
tools::Bytes output_of(const inlay_session* session, const inlay_model* model);
/// Every input of any dtype gets bytes at random, by the seed.
void fill_inputs(inlay_session* session, const inlay_model* model, uint32_t seed);
/// The bytes of all outputs, in order.
tools::Bytes outputs_of(const inlay_session* session, const inlay_model* model);

}  // namespace inlay::stress
