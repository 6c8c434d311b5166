// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay {

/// True when the FlatBuffer in bytes[0, size), aligned to 16, can be read by the code flatc generates without leaving those bytes:
/// every offset, string, vector and table lies inside and is aligned to at most 4 (8 for structs inside of tables). Says nothing
/// about values. At most as lenient as FlatBuffers' own verifier, and a fifth of its size.
bool tables_are_sound(const uint8_t* bytes, size_t size);

}  // namespace inlay
