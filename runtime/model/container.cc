// SPDX-License-Identifier: Apache-2.0
#include "core/crc32c.h"
#include "model/reader.h"
#include "model/verify.h"

namespace inlay {
namespace {

// The header lies between the FlatBuffer's identifier and its tables.
constexpr size_t kHeaderOffset = 8;
constexpr uint32_t kIdentifier = 0x594C4E49;  // "INLY"
constexpr size_t kMaxTables = size_t{1} << 30;

inlay_status read_header(const Reader& r, format::Header* out) {
  if (reinterpret_cast<uintptr_t>(r.bytes) % kConstantAlignment != 0) {
    return INLAY_FAIL(r.error, MEMORY_MISALIGNED, "the model's bytes must be aligned to 16 (64 is better)");
  }
  if (r.size < kTablesStart + 8) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "not a .inlay file: % bytes are fewer than a header", r.size);
  }
  if (flatbuffers::ReadScalar<uint32_t>(r.bytes + 4) != kIdentifier) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "not a .inlay file (no INLY mark): make one with 'inlay convert'");
  }
  __builtin_memcpy(static_cast<void*>(out), r.bytes + kHeaderOffset, sizeof(*out));
  static_assert(sizeof(*out) == kTablesStart - kHeaderOffset, "the header fills the gap");
  if (out->format_version() > kFormatVersion) {
    return INLAY_FAIL(r.error, MODEL_TOO_NEW, "the file has format version %, this Inlay reads up to %: update Inlay",
                      out->format_version(), kFormatVersion);
  }
  if (out->file_bytes() != r.size) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file says it has % bytes, % came: copy it again", out->file_bytes(), r.size);
  }
  if (out->format_version() == 0 || out->tables_bytes() < kTablesStart + 8 || out->tables_bytes() > r.size ||
      out->tables_bytes() > kMaxTables) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file's header contradicts itself");
  }
  return INLAY_OK;
}

inlay_status check_segments(const Reader& r, uint64_t tables_bytes, bool check_crc) {
  if (r.root->segments() == nullptr || r.root->segments()->size() == 0) return INLAY_OK;
  // FlatBuffers' verifier asks no more of a vector than the alignment of its length.
  if (reinterpret_cast<uintptr_t>(r.root->segments()->Data()) % alignof(format::Segment) != 0) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the list of weight segments is misaligned: convert the model again");
  }
  uint64_t end = tables_bytes;
  for (uint32_t i = 0; i < r.root->segments()->size(); ++i) {
    const format::Segment& s = *r.root->segments()->Get(i);
    uint64_t last = 0;
    if (s.offset() % kSegmentAlignment != 0 || s.offset() < end || !checked_add(s.offset(), s.bytes(), &last) || last > r.size) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "weight segment % lies outside the file or over another", i);
    }
    end = last;
    if (check_crc && crc32c(r.bytes + s.offset(), static_cast<size_t>(s.bytes())) != s.crc()) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the CRC of weight segment % is wrong: the file is damaged, copy it again", i);
    }
  }
  return INLAY_OK;
}

}  // namespace

inlay_status read_container(Reader* r, bool check_crc) {
  format::Header header;
  INLAY_TRY(read_header(*r, &header));
  const size_t tables = static_cast<size_t>(header.tables_bytes());
  if (check_crc && crc32c(r->bytes + kTablesStart, tables - kTablesStart) != header.tables_crc()) {
    return INLAY_FAIL(r->error, MODEL_CORRUPT, "the CRC of the tables is wrong: the file is damaged, copy it again");
  }
  if (!tables_are_sound(r->bytes, tables)) {
    return INLAY_FAIL(r->error, MODEL_CORRUPT, "the file's tables are malformed: convert the model again");
  }
  r->root = format::GetModel(r->bytes);
  return check_segments(*r, header.tables_bytes(), check_crc);
}

}  // namespace inlay
