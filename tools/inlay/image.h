// SPDX-License-Identifier: Apache-2.0
// Pictures (PNG, JPEG, BMP) as model inputs.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// 8-bit pixels, row by row, channels interleaved.
struct Picture {
  int32_t width = 0, height = 0, channels = 0;
  Bytes pixels;
};

/// How pixels become real numbers: real = (pixel * scale - mean) / std. One value, or one per channel.
struct Normalization {
  bool known = false;  ///< false: nothing was said, the input's dtype and quantization decide
  std::vector<float> mean = {0};
  std::vector<float> std = {255};
  float scale = 1;
};

/// Decodes a picture into 1 (gray) or 3 (RGB) channels; alpha is dropped. Throws Error.
Picture parse_image(const Bytes& file, int32_t channels, const std::string& name);
/// Bilinear resize with the triangle widened when shrinking, in the fixed point of Pillow's Image.resize(BILINEAR).
Picture resize(const Picture& image, int32_t width, int32_t height);
/// The picture as the bytes of an input [1,H,W,C] or [H,W,C] whose size it already has. Without a known normalization, a
/// quantized input takes pixel / 255 when its scale is about 1/255, (pixel - 127.5) / 127.5 when it is about 2/255, else the
/// pixel plus the zero point.
Bytes image_to_input(const Picture& image, const inlay_tensor_info& input, const Normalization& normalization);
/// All of the above: decode, resize to the input, normalize.
Bytes load_image(const Bytes& file, const std::string& name, const inlay_tensor_info& input, const Normalization& normalization);

}  // namespace inlay::tools
