// SPDX-License-Identifier: Apache-2.0
// Sound files as model inputs: RIFF WAVE, 16-bit PCM.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

struct Sound {
  uint32_t rate = 0;             ///< samples per second
  std::vector<int16_t> samples;  ///< of the first channel
};

bool looks_like_wav(const Bytes& file);
/// Throws Error for anything but 16-bit PCM; a data chunk longer than the file is cut there (streams leave it open).
Sound parse_wav(const Bytes& file, const std::string& name);
/// The samples as the bytes of an input: sample / 32768 as a real number (quantized where the input is), the raw sample for an
/// INT16 input. Shorter sounds are followed by silence, longer ones cut.
Bytes wav_to_input(const Sound& sound, const inlay_tensor_info& input);

}  // namespace inlay::tools
