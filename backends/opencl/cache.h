// SPDX-License-Identifier: Apache-2.0
// Files that hold one program's binary each. A file that is torn, foreign or of another version reads as none.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace inlay::opencl {

/// 128 bits of `text` as 32 hexadecimal digits (FNV-1a twice, from two starts): names files, guards nothing against malice.
std::string fingerprint(const std::string& text);

/// The content of a cache file whose identity is `identity`, empty when there is no such file or anything in it is wrong.
std::vector<unsigned char> read_cached(const std::string& path, const std::string& identity);
/// Writes it under another name and renames it, so that nobody ever reads half a file. False when the folder takes no files.
bool write_cached(const std::string& path, const std::string& identity, const std::vector<unsigned char>& content);
/// Makes the folder; its parent must exist.
bool make_folder(const std::string& path);

}  // namespace inlay::opencl
