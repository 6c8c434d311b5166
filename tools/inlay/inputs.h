// SPDX-License-Identifier: Apache-2.0
// Files as the inputs of a model.
#pragma once
#include <string>

#include "tools/inlay/image.h"

namespace inlay::tools {

/// Numbers separated by commas or spaces; `what` is how the error calls them. Throws Error.
std::vector<float> parse_floats(const std::string& text, const std::string& what);

/// The normalization of input `index`: what the user says (empty: nothing), else the metadata input<K>_mean, _std and _scale.
Normalization find_normalization(const inlay_model* model, int32_t index, const std::string& mean, const std::string& std);

/// The bytes of an input from a .npy, .wav or picture file; the contents decide which. A .npy must match in dtype and shape.
Bytes load_input(const std::string& path, const inlay_tensor_info& info, int32_t index, const Normalization& normalization);

/// The frames of a stream from a .npy file: the input's shape with one more dim in front, as many frames as that says. For an
/// input whose first dim is 1, an array that counts frames in that dim serves too.
Bytes load_frames(const std::string& path, const inlay_tensor_info& info, int32_t index);

}  // namespace inlay::tools
