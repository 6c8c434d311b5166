// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) and CRC-32 (IEEE 802.3, as zlib and PNG have it), for naming files and answers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace inlay::tools {

/// The digest as 64 lower-case hex digits.
std::string sha256_hex(const void* data, size_t size);

/// CRC-32 with the reflected polynomial 0xEDB88320.
uint32_t crc32(const void* data, size_t size);

}  // namespace inlay::tools
