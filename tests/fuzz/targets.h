// SPDX-License-Identifier: Apache-2.0
// What is fuzzed: each entry takes any bytes and must return. Shared by the libFuzzer targets and the mutation test.
#pragma once
#include <cstddef>
#include <cstdint>

#include "tools/graph/ir.h"

namespace inlay::fuzz {

/// How far one input came, for the summary of the mutation test.
enum class Reached { refused, verified, prepared, ran };

/// Verifies, prepares and runs a .inlay file; with skip_crc, so that damage reaches the deep checks, or with CRCs.
Reached run_inlay(const uint8_t* data, size_t size, bool skip_crc);
/// Both ways.
Reached fuzz_inlay(const uint8_t* data, size_t size);

/// The .inlay file of a .tflite file. Throws tools::Error.
tools::Bytes convert(const tools::Bytes& tflite);
/// Imports, optimizes, emits and runs a .tflite file. Only tools::Error may come out of the importer.
Reached fuzz_tflite(const uint8_t* data, size_t size);

}  // namespace inlay::fuzz
