// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/inputs.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "tools/emit/emit.h"
#include "tools/inlay/element.h"
#include "tools/inlay/npy.h"
#include "tools/inlay/wav.h"

namespace inlay::tools {
namespace {

Bytes npy_to_input(const Bytes& file, const std::string& path, const inlay_tensor_info& info, int32_t index) {
  NpyArray array = parse_npy(file, path);
  if (array.dtype != info.dtype || array.shape != shape_of(info)) {
    throw Error(describe("input", index, info) + " got " + inlay_dtype_name(array.dtype) + " " + shape_text(array.shape) + " from " +
                path + "; convert the array first, nothing is cast or reshaped here");
  }
  if (array.data.size() != info.bytes) throw Error(path + " holds a dtype that is packed in the model; it cannot be given as .npy");
  return std::move(array.data);
}

Bytes wav_file_to_input(const Bytes& file, const std::string& path, const inlay_tensor_info& info) {
  const Sound sound = parse_wav(file, path);
  const size_t want = element_count(info);
  if (std::count_if(info.dims, info.dims + info.rank, [](int32_t dim) { return dim > 1; }) > 1) {
    throw Error(path + " is a sound, but the input has the shape " + shape_text(shape_of(info)) +
                "; samples fit an input of one long dim, give features as a .npy file");
  }
  if (sound.samples.size() != want) {
    std::fprintf(stderr, "inlay run: note: %s has %zu samples, the input takes %zu: %s\n", path.c_str(), sound.samples.size(), want,
                 sound.samples.size() < want ? "silence follows" : "the rest is cut");
  }
  return wav_to_input(sound, info);
}

}  // namespace

std::vector<float> parse_floats(const std::string& text, const std::string& what) {
  std::vector<float> values;
  const char* at = text.c_str();
  while (*at != '\0') {
    char* end = nullptr;
    const float value = std::strtof(at, &end);
    if (end == at || !std::isfinite(value)) throw Error(what + " is '" + text + "'; numbers separated by commas are expected");
    values.push_back(value);
    at = end;
    while (*at == ',' || *at == ' ') ++at;
  }
  if (values.empty()) throw Error(what + " is empty; numbers separated by commas are expected");
  return values;
}

Normalization find_normalization(const inlay_model* model, int32_t index, const std::string& mean, const std::string& std) {
  const std::string key = "input" + std::to_string(index);
  const auto look_up = [&](const std::string& said, const char* suffix, const std::string& flag) {
    const char* stored = inlay_model_metadata(model, (key + suffix).c_str());
    const std::string text = !said.empty() ? said : stored != nullptr ? stored : "";
    return text.empty() ? std::vector<float>() : parse_floats(text, said.empty() ? "the metadata " + key + suffix : flag);
  };
  const std::vector<float> means = look_up(mean, "_mean", "--mean");
  const std::vector<float> stds = look_up(std, "_std", "--std");
  const std::vector<float> scales = look_up("", "_scale", "");
  Normalization out;
  out.known = !means.empty() || !stds.empty() || !scales.empty();
  if (!means.empty()) out.mean = means;
  if (!scales.empty()) {
    out.scale = scales[0];
    out.std = {1};
  }
  if (!stds.empty()) out.std = stds;
  for (const float s : out.std) {
    if (s == 0) throw Error("the std of input " + std::to_string(index) + " is 0; say another with --std");
  }
  return out;
}

Bytes load_frames(const std::string& path, const inlay_tensor_info& info, int32_t index) {
  NpyArray array = parse_npy(read_file(path), path);
  const std::vector<int64_t> frame = shape_of(info);
  const auto follows = [&](size_t from) {
    return array.shape.size() == frame.size() + 1 - from && std::equal(frame.begin() + static_cast<std::ptrdiff_t>(from), frame.end(), array.shape.begin() + 1);
  };
  const bool fits = !array.shape.empty() && (follows(0) || (!frame.empty() && frame[0] == 1 && follows(1)));
  if (array.dtype != info.dtype || !fits) {
    throw Error(describe("input", index, info) + " got " + inlay_dtype_name(array.dtype) + " " + shape_text(array.shape) + " from " + path +
                "; a stream is an array of frames: the input's shape behind the number of frames");
  }
  if (array.data.size() != info.bytes * static_cast<size_t>(array.shape[0])) {
    throw Error(path + " holds a dtype that is packed in the model; it cannot be given as .npy");
  }
  return std::move(array.data);
}

Bytes load_input(const std::string& path, const inlay_tensor_info& info, int32_t index, const Normalization& normalization) {
  const Bytes file = read_file(path);
  const bool is_npy = file.size() >= 6 && std::string(file.begin(), file.begin() + 6) == "\x93NUMPY";
  if (is_npy) return npy_to_input(file, path, info, index);
  if (looks_like_wav(file)) return wav_file_to_input(file, path, info);
  if (file.empty()) throw Error(path + " is empty; give a .npy, .wav, PNG, JPEG or BMP file");
  return load_image(file, path, info, normalization);
}

}  // namespace inlay::tools
