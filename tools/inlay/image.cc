// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/image.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "tools/inlay/element.h"
#include "tools/inlay/npy.h"

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_MAX_DIMENSIONS 32768
#include <stb/stb_image.h>

namespace inlay::tools {
namespace {

constexpr int64_t kMaxPixels = int64_t{1} << 27;  // a small file may claim a huge picture

struct StbFree {
  void operator()(stbi_uc* p) const { stbi_image_free(p); }
};

/// The weights ITU-R 601 gives red, green and blue, in 16-bit fixed point.
uint8_t gray(const stbi_uc* rgb) { return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16); }

/// For one output position: the first source position and the weights from there on.
struct Taps {
  int32_t first;
  std::vector<int32_t> weights;
};
constexpr int kWeightBits = 22;

std::vector<Taps> triangle_taps(int32_t from, int32_t to) {
  const double step = static_cast<double>(from) / to;
  const double reach = std::max(step, 1.0);
  std::vector<Taps> taps(static_cast<size_t>(to));
  for (int32_t i = 0; i < to; ++i) {
    const double center = (i + 0.5) * step;
    const int32_t first = std::max(static_cast<int32_t>(center - reach + 0.5), 0);
    const int32_t last = std::min(static_cast<int32_t>(center + reach + 0.5), from);
    std::vector<double> exact;
    double sum = 0;
    for (int32_t x = first; x < last; ++x) {
      exact.push_back(std::max(0.0, 1.0 - std::abs((x - center + 0.5) / reach)));
      sum += exact.back();
    }
    taps[static_cast<size_t>(i)].first = first;
    for (const double w : exact) {
      taps[static_cast<size_t>(i)].weights.push_back(static_cast<int32_t>(w / sum * (1 << kWeightBits) + 0.5));
    }
  }
  return taps;
}

/// Sum of pixels `stride` apart, weighted and rounded to 8 bits.
uint8_t weigh(const uint8_t* pixel, size_t stride, const Taps& taps) {
  int64_t sum = int64_t{1} << (kWeightBits - 1);
  for (size_t i = 0; i < taps.weights.size(); ++i) sum += static_cast<int64_t>(pixel[i * stride]) * taps.weights[i];
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kWeightBits, 0, 255));
}

Picture resize_width(const Picture& in, int32_t width) {
  Picture out{width, in.height, in.channels, Bytes(static_cast<size_t>(width) * in.height * in.channels)};
  const std::vector<Taps> taps = triangle_taps(in.width, width);
  const auto channels = static_cast<size_t>(in.channels);
  uint8_t* to = out.pixels.data();
  for (int32_t y = 0; y < in.height; ++y) {
    const uint8_t* row = in.pixels.data() + static_cast<size_t>(y) * in.width * channels;
    for (const Taps& t : taps) {
      for (size_t c = 0; c < channels; ++c) *to++ = weigh(row + t.first * channels + c, channels, t);
    }
  }
  return out;
}

Picture resize_height(const Picture& in, int32_t height) {
  const size_t row = static_cast<size_t>(in.width) * in.channels;
  Picture out{in.width, height, in.channels, Bytes(row * height)};
  uint8_t* to = out.pixels.data();
  for (const Taps& t : triangle_taps(in.height, height)) {
    for (size_t x = 0; x < row; ++x) *to++ = weigh(in.pixels.data() + t.first * row + x, row, t);
  }
  return out;
}

/// The file is a picture of a known kind, by its header.
void check_image(const Bytes& file, const std::string& name, int* width, int* height, int* channels) {
  const int size = static_cast<int>(std::min<size_t>(file.size(), INT32_MAX));
  const bool known = stbi_info_from_memory(file.data(), size, width, height, channels) != 0;
  if (!known || *width <= 0 || *height <= 0) {
    throw Error(name + " is no .npy, .wav, PNG, JPEG or BMP file that can be read; convert it to one of them");
  }
}

bool about(float value, float wanted) { return std::abs(value - wanted) < 0.02f * wanted; }

/// What an input of this kind takes when the model says nothing. False: the raw pixel plus the zero point.
bool guess(const inlay_tensor_info& input, Normalization& out) {
  if (input.dtype == INLAY_FLOAT32) return true;
  if (input.quant.count == 0) return false;
  const float span = input.quant.scales[0] * 255.0f;
  if (about(span, 2.0f)) out.mean = out.std = {127.5f};
  return about(span, 1.0f) || about(span, 2.0f);
}

}  // namespace

Picture parse_image(const Bytes& file, int32_t channels, const std::string& name) {
  int width = 0, height = 0, stored = 0;
  const int size = static_cast<int>(std::min<size_t>(file.size(), INT32_MAX));
  check_image(file, name, &width, &height, &stored);
  if (static_cast<int64_t>(width) * height > kMaxPixels) {
    throw Error(name + " has " + std::to_string(width) + "x" + std::to_string(height) + " pixels, at most 2^27 are read; make it smaller");
  }
  const bool is_gray = stored < 3;
  const int wanted = is_gray ? 1 : 3;
  const std::unique_ptr<stbi_uc, StbFree> decoded(stbi_load_from_memory(file.data(), size, &width, &height, &stored, wanted));
  if (decoded == nullptr) throw Error(name + " cannot be decoded (" + stbi_failure_reason() + "); save it again");

  const size_t count = static_cast<size_t>(width) * static_cast<size_t>(height);
  Picture out{width, height, channels, Bytes(count * channels)};
  for (size_t i = 0; i < count; ++i) {
    const stbi_uc* from = decoded.get() + i * wanted;
    if (channels == 1) out.pixels[i] = is_gray ? from[0] : gray(from);
    else for (int c = 0; c < 3; ++c) out.pixels[i * 3 + c] = from[is_gray ? 0 : c];
  }
  return out;
}

Picture resize(const Picture& image, int32_t width, int32_t height) {
  Picture out = image.width == width ? image : resize_width(image, width);
  return out.height == height ? out : resize_height(out, height);
}

Bytes image_to_input(const Picture& image, const inlay_tensor_info& input, const Normalization& normalization) {
  Normalization use = normalization;
  const bool real = use.known || guess(input, use);
  ElementWriter writer(input);
  const auto channels = static_cast<size_t>(image.channels);
  const auto pick = [channels](const std::vector<float>& v, size_t i) { return v[v.size() == channels ? i % channels : 0]; };
  const bool has_zero = input.quant.count > 0 && input.quant.zero_points != nullptr;
  const int32_t zero_point = has_zero ? input.quant.zero_points[0] : input.quant.count == 0 && input.dtype == INLAY_INT8 ? -128 : 0;
  for (size_t i = 0; i < writer.count(); ++i) {
    const float pixel = image.pixels[i];
    if (real) writer.put_real(i, (pixel * use.scale - pick(use.mean, i)) / pick(use.std, i));
    else writer.put_raw(i, pixel + static_cast<float>(zero_point));
  }
  return writer.take();
}

Bytes load_image(const Bytes& file, const std::string& name, const inlay_tensor_info& input, const Normalization& normalization) {
  int width = 0, height = 0, stored = 0;
  check_image(file, name, &width, &height, &stored);
  const int32_t* dims = input.dims + (input.rank == 4 ? 1 : 0);
  const bool fits = (input.rank == 3 || (input.rank == 4 && input.dims[0] == 1)) && (dims[2] == 1 || dims[2] == 3) && dims[0] > 0 &&
                    dims[1] > 0 && static_cast<int64_t>(dims[0]) * dims[1] <= kMaxPixels;
  if (!fits) {
    throw Error(name + " is a picture, but the input has the shape " + shape_text(shape_of(input)) +
                "; a picture needs [1,H,W,1] or [1,H,W,3], give a .npy file");
  }
  return image_to_input(resize(parse_image(file, dims[2], name), dims[1], dims[0]), input, normalization);
}

}  // namespace inlay::tools
