// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <vector>

#include "tools/inlay/handles.h"
#include "tools/tune/random_input.h"

namespace inlay::bench {

/// The same inputs for every frame.
class Inputs {
 public:
  explicit Inputs(const inlay_model* model) {
    for (int32_t i = 0; i < inlay_model_input_count(model); ++i)
      bytes_.push_back(tools::random_input(tools::input_info(model, i), i));
  }
  void write(inlay_session* session) const {
    for (size_t i = 0; i < bytes_.size(); ++i) {
      if (!bytes_[i].empty())
        std::memcpy(inlay_session_input(session, static_cast<int32_t>(i)), bytes_[i].data(), bytes_[i].size());
    }
  }

 private:
  std::vector<tools::Bytes> bytes_;
};

}  // namespace inlay::bench
