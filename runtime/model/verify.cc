// SPDX-License-Identifier: Apache-2.0
// FlatBuffers' tables, checked by one walk over a description of them. scripts/lint.py compares the lists below with schema/inlay.fbs.
#include "model/verify.h"

#include "schema/inlay_generated.h"

namespace inlay {
namespace {

enum Kind : uint8_t { kInline, kVector, kText, kRequiredText, kListOfTexts, kListOfTables, kUnion };

/// A field of a table: `size` is its bytes, those of a vector's element, or which table a list holds.
struct Field {
  Kind kind;
  uint8_t size;
};

constexpr Field k8 = {kInline, 1}, k16 = {kInline, 2}, k32 = {kInline, 4}, k64 = {kInline, 8},
                kSpan = {kInline, sizeof(format::Span)}, k8s = {kVector, 1}, k32s = {kVector, 4},
                kSegments = {kVector, sizeof(format::Segment)}, kLinks = {kVector, sizeof(format::Link)}, kString = {kText, 1}, kKey = {kRequiredText, 1},
                kStrings = {kListOfTexts, 1}, kParams = {kUnion, 0};

enum Table : uint8_t { kTensor, kOp, kGraph, kKeyValue, kVariable, kGraphPlan, kPlan, kModel, kTableCount };
constexpr Field kTensors = {kListOfTables, kTensor}, kOps = {kListOfTables, kOp}, kGraphs = {kListOfTables, kGraph},
                kKeyValues = {kListOfTables, kKeyValue}, kVariables = {kListOfTables, kVariable},
                kGraphPlans = {kListOfTables, kGraphPlan}, kPlans = {kListOfTables, kPlan};

// In the order of the schema; a union is two fields, its type and its value.
constexpr Field kFields[] = {
    /* Tensor */ kString, k8, k8, k32s, k32s, k32s, k32, kSpan, k32,
    /* Op */ k16, k8, k32s, k32s, k8, kParams, kString, kString, k8s,
    /* Graph */ kString, kTensors, kOps, k32s, k32s,
    /* KeyValue */ kKey, kString,
    /* Variable */ kString, k64, kSpan,
    /* GraphPlan */ k32s, k8s, k32s,
    /* Plan */ kStrings, k64, kGraphPlans, k64, k64, k32, k32, kString, kString, kLinks,
    /* Model */ kGraphs, kSegments, kPlans, kKeyValues, kVariables,
};
constexpr uint8_t kBegin[kTableCount + 1] = {0, 9, 18, 23, 25, 28, 31, 41, 46};
static_assert(sizeof(kFields) / sizeof(Field) == kBegin[kTableCount], "where the fields of each table begin");

constexpr uint8_t kParamsBytes[] = {
    0,
    sizeof(format::Window), sizeof(format::Axis), sizeof(format::Axes), sizeof(format::Dims), sizeof(format::Slice),
    sizeof(format::Pad), sizeof(format::Scalars), sizeof(format::Resize), sizeof(format::Matmul), sizeof(format::Block),
    sizeof(format::Graphs), sizeof(format::Recurrent), sizeof(format::Detection), sizeof(format::Window3d), sizeof(format::Signal),
};
static_assert(sizeof(kParamsBytes) == static_cast<size_t>(format::Params::MAX) + 1, "one for each kind of params");

constexpr uint32_t kMostPieces = 1000000;  // many offsets may lead to one table or text: a small file must not take for ever

/// Offsets count from the first byte; all arithmetic is modulo 2^32 and checked against the size, which is below 2^31.
class Walk {
 public:
  Walk(const uint8_t* bytes, uint32_t size) : bytes_(bytes), size_(size) {}

  /// The table that the offset at `at` leads to. Tables hold only tables of a lower number, so this ends.
  bool table(uint32_t at, uint8_t which) {
    if (!follow(&at) || !inside(at, 4, 4) || pieces_++ == kMostPieces) return false;
    const uint32_t layout = at - u32(at);  // where each field lies; 0: left out
    if (!inside(layout, 2, 2)) return false;
    const uint32_t layout_bytes = u16(layout);
    if (layout_bytes % 2 != 0 || !inside(layout, layout_bytes, 2)) return false;
    const Field* fields = kFields + kBegin[which];
    const uint32_t count = kBegin[which + 1] - kBegin[which];
    uint32_t last = 0;  // the field before: the type of a union
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t slot = 4 + 2 * i, offset = slot < layout_bytes ? u16(layout + slot) : 0;
      const uint32_t here = offset != 0 ? at + offset : 0;
      if (here == 0 ? required(fields[i], last) : !field(fields[i], here, last)) return false;
      last = here;
    }
    return true;
  }

 private:
  uint32_t u16(uint32_t at) const { return flatbuffers::ReadScalar<uint16_t>(bytes_ + at); }
  uint32_t u32(uint32_t at) const { return flatbuffers::ReadScalar<uint32_t>(bytes_ + at); }

  bool inside(uint32_t at, uint32_t bytes, uint32_t alignment) const {
    return at % alignment == 0 && at <= size_ && bytes <= size_ - at;
  }

  /// *at is where an offset lies, then where it leads, which is inside.
  bool follow(uint32_t* at) const {
    if (!inside(*at, 4, 4)) return false;
    const uint32_t offset = u32(*at);
    if (offset == 0 || offset >= size_ - *at) return false;
    *at += offset;
    return true;
  }

  /// Of the vector at `at`: its length and bytes lie inside.
  bool vector(uint32_t at, uint32_t element_bytes) const {
    return inside(at, 4, 4) && u32(at) <= (size_ - at - 4) / element_bytes;
  }

  bool text(uint32_t at) {
    if (!follow(&at) || !vector(at, 1) || pieces_++ == kMostPieces) return false;
    const uint32_t end = at + 4 + u32(at);
    return end < size_ && bytes_[end] == 0;
  }

  bool list(uint32_t at, Field f) {
    if (!follow(&at) || !vector(at, 4)) return false;
    const uint32_t count = u32(at);
    for (uint32_t i = 0; i < count; ++i) {
      at += 4;
      if (!(f.kind == kListOfTexts ? text(at) : table(at, f.size))) return false;
    }
    return true;
  }

  bool required(Field f, uint32_t type_at) const {
    return f.kind == kRequiredText || (f.kind == kUnion && type_at != 0 && bytes_[type_at] != 0);
  }

  bool field(Field f, uint32_t at, uint32_t type_at) {
    switch (f.kind) {
      case kInline:
        return inside(at, f.size, f.size < 8 ? f.size : 8);
      case kVector:
        return follow(&at) && vector(at, f.size);
      case kText:
      case kRequiredText:
        return text(at);
      case kUnion: {
        const uint32_t type = type_at != 0 ? bytes_[type_at] : 0;  // an unknown one is refused by who reads it
        return follow(&at) && inside(at, type < sizeof(kParamsBytes) ? kParamsBytes[type] : 0, 4);
      }
      default:
        return list(at, f);
    }
  }

  const uint8_t* bytes_;
  uint32_t size_, pieces_ = 0;
};

}  // namespace

bool tables_are_sound(const uint8_t* bytes, size_t size) {
  return size < size_t{1} << 31 && Walk(bytes, static_cast<uint32_t>(size)).table(0, kModel);
}

}  // namespace inlay
