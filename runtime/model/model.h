// SPDX-License-Identifier: Apache-2.0
// What a verified .inlay file looks like from inside. Only runtime/model knows the file format.
#pragma once
#include "core/bump.h"
#include "inlay/prepared.h"

namespace inlay {

constexpr uint32_t kFormatVersion = 1;
constexpr size_t kTablesStart = 64;       // the FlatBuffer's tables begin behind the header
constexpr size_t kSegmentAlignment = 64;  // of segments in the file
constexpr size_t kConstantAlignment = 16; // of constants inside a segment
constexpr int32_t kMaxTensors = 65535;    // per graph; keeps the checks of a hostile file short
constexpr int32_t kMaxNodes = 65535;
constexpr int32_t kMaxGraphs = 255;

}  // namespace inlay
