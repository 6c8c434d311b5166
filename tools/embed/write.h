// SPDX-License-Identifier: Apache-2.0
// A prepared model as C99.
#pragma once
#include <string>

#include "tools/embed/image.h"

namespace inlay::tools {

/// NAME_model.h: the model and its sizes.
std::string image_header(const Image& image, const std::string& name, const Target& target);
/// NAME_model.c: the tables. `origin` is a line of a comment that says where they come from. With `placed`, the block of bytes is
/// not in it but in image_bytes() and image_assembly().
std::string image_source(const Image& image, const std::string& name, const std::string& origin, bool placed);
/// NAME_data.bin: the block of bytes alone.
std::vector<uint8_t> image_bytes(const Image& image);
/// NAME_data.S: puts that file into a section of its own, .rodata.NAME_data.
std::string image_assembly(const std::string& name);

}  // namespace inlay::tools
