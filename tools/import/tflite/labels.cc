// SPDX-License-Identifier: Apache-2.0
// Writers of TFLite metadata append a ZIP with the label file; only stored (uncompressed) entries are read.
#include <cstring>

#include "tools/import/tflite/reader.h"

namespace inlay::tools::tflite_import {
namespace {

constexpr uint32_t kEnd = 0x06054b50, kEntry = 0x02014b50, kLocal = 0x04034b50;
constexpr size_t kEndSize = 22, kEntrySize = 46, kLocalSize = 30, kMaxComment = 65535;

uint32_t read(const Bytes& file, size_t at, size_t width) {
  uint32_t value = 0;
  for (size_t i = 0; i < width; ++i) value |= uint32_t{file[at + i]} << (8 * i);
  return value;
}

bool is_labels(const std::string& name) {
  const bool text = name.size() > 4 && name.compare(name.size() - 4, 4, ".txt") == 0;
  return text && name.find("label") != std::string::npos;
}

/// The stored bytes of the central directory's entry at `at`; `base` is where the ZIP's offsets count from.
std::string stored_text(const Bytes& file, size_t at, size_t base) {
  const size_t bytes = read(file, at + 20, 4), local = base + read(file, at + 42, 4);
  if (read(file, at + 10, 2) != 0 || bytes != read(file, at + 24, 4)) return {};
  if (local > file.size() || file.size() - local < kLocalSize || read(file, local, 4) != kLocal) return {};
  const size_t data = local + kLocalSize + read(file, local + 26, 2) + read(file, local + 28, 2);
  if (data > file.size() || bytes > file.size() - data) return {};
  return std::string(reinterpret_cast<const char*>(file.data()) + data, bytes);
}

}  // namespace

std::string read_labels(const Bytes& file) {
  if (file.size() < kEndSize) return {};
  const size_t last = file.size() - kEndSize, first = last > kMaxComment ? last - kMaxComment : 0;
  size_t end = last + 1;
  while (end > first && read(file, end - 1, 4) != kEnd) --end;
  if (end == first) return {};
  --end;
  const uint32_t entries = read(file, end + 10, 2);
  const size_t bytes = read(file, end + 12, 4), offset = read(file, end + 16, 4);
  // Offsets count from the file's start or from the ZIP's, by writer; where the directory really lies tells which.
  if (bytes > end || offset > end - bytes) return {};
  const size_t base = end - bytes - offset;
  size_t at = end - bytes;
  for (uint32_t i = 0; i < entries; ++i) {
    if (at > end || end - at < kEntrySize || read(file, at, 4) != kEntry) return {};
    const size_t name_bytes = read(file, at + 28, 2);
    if (name_bytes > end - at - kEntrySize) return {};
    const std::string name(reinterpret_cast<const char*>(file.data()) + at + kEntrySize, name_bytes);
    if (is_labels(name)) return stored_text(file, at, base);
    at += kEntrySize + name_bytes + read(file, at + 30, 2) + read(file, at + 32, 2);
  }
  return {};
}

}  // namespace inlay::tools::tflite_import
