// SPDX-License-Identifier: Apache-2.0
// A prepared model as C99.
#pragma once
#include <string>

#include "tools/embed/image.h"

namespace inlay::tools {

/// NAME_model.h: the model and its sizes.
std::string image_header(const Image& image, const std::string& name, const Target& target);
/// NAME_model.c: the tables. `origin` is a line of a comment that says where they come from.
std::string image_source(const Image& image, const std::string& name, const std::string& origin);

}  // namespace inlay::tools
