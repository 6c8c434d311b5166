// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/wav.h"

#include <algorithm>
#include <cstring>

#include "tools/inlay/element.h"

namespace inlay::tools {
namespace {

uint32_t read32(const uint8_t* p) {
  return p[0] | static_cast<uint32_t>(p[1]) << 8 | static_cast<uint32_t>(p[2]) << 16 | static_cast<uint32_t>(p[3]) << 24;
}
uint32_t read16(const uint8_t* p) { return p[0] | static_cast<uint32_t>(p[1]) << 8; }

/// Takes the format chunk; returns the number of channels.
uint32_t read_format(const uint8_t* chunk, size_t size, Sound& out, const std::string& name) {
  if (size < 16) throw Error(name + " has a WAVE format chunk of " + std::to_string(size) + " bytes, 16 are expected");
  const uint32_t coding = read16(chunk);
  const uint32_t channels = read16(chunk + 2);
  const uint32_t bits = read16(chunk + 14);
  out.rate = read32(chunk + 4);
  const bool pcm = coding == 1 || (coding == 0xFFFE && size >= 26 && read16(chunk + 24) == 1);
  if (!pcm || bits != 16 || channels == 0) {
    throw Error(name + " is WAVE coding " + std::to_string(coding) + " with " + std::to_string(bits) + " bits and " +
                std::to_string(channels) + " channels; 16-bit PCM is expected, convert it first");
  }
  return channels;
}

}  // namespace

bool looks_like_wav(const Bytes& file) {
  return file.size() >= 12 && std::memcmp(file.data(), "RIFF", 4) == 0 && std::memcmp(file.data() + 8, "WAVE", 4) == 0;
}

Sound parse_wav(const Bytes& file, const std::string& name) {
  if (!looks_like_wav(file)) throw Error(name + " is no WAVE file: it does not begin with RIFF....WAVE");
  Sound out;
  uint32_t channels = 0;
  size_t at = 12;
  while (file.size() - at >= 8) {
    const uint8_t* chunk = file.data() + at + 8;
    const size_t left = file.size() - at - 8;
    const size_t size = std::min<size_t>(read32(file.data() + at + 4), left);
    if (std::memcmp(file.data() + at, "fmt ", 4) == 0) channels = read_format(chunk, size, out, name);
    if (std::memcmp(file.data() + at, "data", 4) == 0) {
      if (channels == 0) throw Error(name + " has its samples before its format chunk; save it again");
      const size_t frame = channels * 2;
      for (size_t i = 0; i + frame <= size; i += frame) out.samples.push_back(static_cast<int16_t>(read16(chunk + i)));
      return out;
    }
    at += 8 + std::min<size_t>(size + (size & 1), left);  // chunks are padded to even sizes
  }
  throw Error(name + " has no data chunk; it may be cut");
}

Bytes wav_to_input(const Sound& sound, const inlay_tensor_info& input) {
  ElementWriter writer(input);
  const size_t count = std::min(writer.count(), sound.samples.size());
  for (size_t i = 0; i < writer.count(); ++i) {
    const int16_t sample = i < count ? sound.samples[i] : static_cast<int16_t>(0);
    if (input.dtype == INLAY_INT16) writer.put_raw(i, sample);
    else writer.put_real(i, static_cast<float>(sample) / 32768.0f);
  }
  return writer.take();
}

}  // namespace inlay::tools
