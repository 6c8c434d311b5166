// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/element.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tools/inlay/npy.h"

namespace inlay::tools {
namespace {

template <typename T>
T load(const void* data, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const uint8_t*>(data) + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void store_clamped(Bytes& bytes, size_t index, float value) {
  const float low = std::numeric_limits<T>::min();
  const float high = std::numeric_limits<T>::max();
  const float safe = value > low ? std::min(value, high) : low;  // a NaN becomes the lowest value
  const T stored = static_cast<T>(std::nearbyint(safe));
  std::memcpy(bytes.data() + index * sizeof(T), &stored, sizeof(T));
}

double half_to_double(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
  if (exponent == 31) value = mantissa != 0 ? std::nan("") : HUGE_VAL;
  return (bits & 0x8000) != 0 ? -value : value;
}

double stored_at(inlay_dtype dtype, const void* data, size_t index) {
  switch (dtype) {
    case INLAY_FLOAT32: return load<float>(data, index);
    case INLAY_FLOAT64: return load<double>(data, index);
    case INLAY_FLOAT16: return half_to_double(load<uint16_t>(data, index));
    case INLAY_BFLOAT16: {
      const uint32_t wide = static_cast<uint32_t>(load<uint16_t>(data, index)) << 16;
      return load<float>(&wide, 0);
    }
    case INLAY_INT8: return load<int8_t>(data, index);
    case INLAY_UINT8: return load<uint8_t>(data, index);
    case INLAY_INT16: return load<int16_t>(data, index);
    case INLAY_UINT16: return load<uint16_t>(data, index);
    case INLAY_INT32: return load<int32_t>(data, index);
    case INLAY_UINT32: return load<uint32_t>(data, index);
    case INLAY_INT64: return static_cast<double>(load<int64_t>(data, index));
    case INLAY_UINT64: return static_cast<double>(load<uint64_t>(data, index));
    case INLAY_BOOL: return load<uint8_t>(data, index) != 0 ? 1 : 0;
    default: return 0;
  }
}

}  // namespace

ElementWriter::ElementWriter(const inlay_tensor_info& info) : bytes_(info.bytes), count_(element_count(info)), dtype_(info.dtype) {
  if (dtype_ != INLAY_FLOAT32 && dtype_ != INLAY_INT8 && dtype_ != INLAY_UINT8 && dtype_ != INLAY_INT16) {
    throw Error(std::string("an input of ") + inlay_dtype_name(dtype_) + " takes a .npy file, not a picture or a sound");
  }
  if (info.quant.count > 0) {
    scale_ = info.quant.scales[0];
    zero_point_ = info.quant.zero_points != nullptr ? info.quant.zero_points[0] : 0;
  }
}

void ElementWriter::put_real(size_t index, float real) {
  if (dtype_ == INLAY_FLOAT32) {
    put_raw(index, real);
  } else {
    put_raw(index, std::nearbyint(real / scale_) + static_cast<float>(zero_point_));
  }
}

void ElementWriter::put_raw(size_t index, float value) {
  switch (dtype_) {
    case INLAY_FLOAT32: std::memcpy(bytes_.data() + index * sizeof(float), &value, sizeof(float)); break;
    case INLAY_INT8: store_clamped<int8_t>(bytes_, index, value); break;
    case INLAY_UINT8: store_clamped<uint8_t>(bytes_, index, value); break;
    default: store_clamped<int16_t>(bytes_, index, value); break;
  }
}

double real_at(const inlay_tensor_info& info, const void* data, size_t index) {
  const double stored = stored_at(info.dtype, data, index);
  if (info.quant.count != 1) return stored;
  const int32_t zero_point = info.quant.zero_points != nullptr ? info.quant.zero_points[0] : 0;
  return static_cast<double>(info.quant.scales[0]) * (stored - zero_point);
}

size_t element_count(const inlay_tensor_info& info) {
  size_t count = 1;
  for (int32_t i = 0; i < info.rank; ++i) count *= static_cast<size_t>(info.dims[i]);
  return count;
}

std::vector<int64_t> shape_of(const inlay_tensor_info& info) { return {info.dims, info.dims + info.rank}; }

std::string describe(const char* role, int32_t index, const inlay_tensor_info& info) {
  return std::string(role) + " " + std::to_string(index) + " '" + printable(info.name) + "' (" + inlay_dtype_name(info.dtype) + " " +
         shape_text(shape_of(info)) + ")";
}

std::string printable(const char* text) {
  std::string out = text != nullptr ? text : "";
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  }
  return out;
}

std::string short_name(const std::string& whole) {
  constexpr size_t kMost = 72;
  std::string name = whole.substr(0, whole.find(';'));
  if (name.size() > kMost) {
    size_t from = name.size() - (kMost - 3);
    while (from < name.size() && (static_cast<unsigned char>(name[from]) & 0xC0) == 0x80) ++from;  // a whole UTF-8 character
    name = "..." + name.substr(from);
  }
  const auto more = std::count(whole.begin(), whole.end(), ';');
  return more > 0 ? name + " (and " + std::to_string(more) + " more)" : name;
}

}  // namespace inlay::tools
