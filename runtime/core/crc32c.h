// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected; RFC 3720 appendix B.4).
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay {

/// CRC of `size` bytes; `crc` continues an earlier piece (0 to begin).
uint32_t crc32c(const void* data, size_t size, uint32_t crc = 0);

}  // namespace inlay
