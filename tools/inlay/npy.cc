// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/npy.h"

#include <cctype>
#include <cstring>
#include <string_view>

namespace inlay::tools {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicBytes = 6;
constexpr size_t kMaxHeader = 1 << 16;

struct TypeName {
  inlay_dtype dtype;
  const char* code;
};
constexpr TypeName kTypes[] = {
    {INLAY_FLOAT32, "<f4"}, {INLAY_FLOAT16, "<f2"}, {INLAY_INT8, "|i1"},      {INLAY_UINT8, "|u1"},    {INLAY_INT16, "<i2"},
    {INLAY_INT32, "<i4"},   {INLAY_INT64, "<i8"},   {INLAY_BOOL, "|b1"},      {INLAY_UINT32, "<u4"},   {INLAY_COMPLEX64, "<c8"},
    {INLAY_UINT16, "<u2"},  {INLAY_FLOAT64, "<f8"}, {INLAY_UINT64, "<u8"},    {INLAY_BFLOAT16, "<V2"}, {INLAY_INT4, "|i1"},
};

/// Walks the Python dict literal of a header; every failure names the file.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void read(NpyArray& out) {
    expect('{');
    while (peek() != '}') {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") read_descr(out);
      else if (key == "fortran_order") read_order();
      else if (key == "shape") read_shape(out);
      else fail("its header has the unknown key '" + key + "'");
      if (peek() != ',') break;
      ++at_;
    }
    expect('}');
    if (seen_ != 7) fail("its header lacks descr, fortran_order or shape");
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw Error(name_ + " is no usable .npy file: " + why); }

  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void expect(char c) {
    if (peek() != c) fail(std::string("its header has no '") + c + "' at character " + std::to_string(at_));
    ++at_;
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("its header has no quoted text at character " + std::to_string(at_));
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("its header has an unclosed quote");
    std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }
  void read_descr(NpyArray& out) {
    if (peek() == '[') fail("it holds records, a plain array is expected");
    const std::string code = quoted();
    if (!code.empty() && code[0] == '>') fail("it is big-endian (" + code + "); save it as little-endian");
    for (const TypeName& type : kTypes) {
      if (type.dtype == INLAY_INT4) continue;  // only ever written, as int8
      const bool one_byte = type.code[0] == '|' && code.size() == 3 && (code[0] == '<' || code[0] == '=');
      if (code == type.code || (one_byte && code.substr(1) == type.code + 1)) out.dtype = type.dtype;
    }
    if (out.dtype == INLAY_NONE) fail("its element type '" + code + "' has no counterpart in Inlay; convert it with astype()");
    seen_ |= 1;
  }
  void read_order() {
    peek();
    if (text_.substr(at_, 4) == "True") {
      fail("it is in Fortran order; save numpy.ascontiguousarray(a) instead");
    }
    if (text_.substr(at_, 5) != "False") fail("fortran_order is neither True nor False");
    at_ += 5;
    seen_ |= 2;
  }
  void read_shape(NpyArray& out) {
    expect('(');
    out.shape.clear();
    while (peek() != ')') {
      out.shape.push_back(number());
      if (out.shape.size() > 32) fail("its shape has more than 32 dims");
      if (peek() == ',') ++at_;
      else if (peek() != ')') fail("its shape is malformed");
    }
    ++at_;
    seen_ |= 4;
  }
  int64_t number() {
    int64_t value = 0;
    const size_t begin = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
      value = value * 10 + (text_[at_++] - '0');
      if (value > INT32_MAX) fail("a dim of its shape is larger than 2^31");
    }
    if (at_ == begin) fail("its shape is malformed");
    return value;
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
  int seen_ = 0;  // bits: descr, order, shape
};

/// Bytes the shape asks for; SIZE_MAX when that overflows.
size_t wanted_bytes(const NpyArray& array) {
  size_t bytes = inlay_dtype_bits(array.dtype) / 8;
  for (const int64_t dim : array.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<size_t>(dim), &bytes)) return SIZE_MAX;
  }
  return bytes;
}

Bytes unpack_int4(const uint8_t* packed, size_t bytes, const std::vector<int64_t>& shape) {
  size_t count = 1;
  for (const int64_t dim : shape) count *= static_cast<size_t>(dim);
  Bytes out(count);
  for (size_t i = 0; i < count && i / 2 < bytes; ++i) {
    const int nibble = (packed[i / 2] >> (i % 2 * 4)) & 15;  // the low nibble comes first
    out[i] = static_cast<uint8_t>(nibble < 8 ? nibble : nibble - 16);
  }
  return out;
}

}  // namespace

NpyArray parse_npy(const Bytes& file, const std::string& name) {
  if (file.size() < 10 || std::memcmp(file.data(), kMagic, kMagicBytes) != 0) {
    throw Error(name + " is no .npy file: it does not begin with \\x93NUMPY");
  }
  const int version = file[6];
  if (version != 1 && version != 2) {
    throw Error(name + " is a .npy file of version " + std::to_string(version) + "; versions 1 and 2 are read, save it anew");
  }
  size_t header = file[8] | static_cast<size_t>(file[9]) << 8;
  size_t begin = 10;
  if (version == 2) {
    if (file.size() < 12) throw Error(name + " is cut inside its .npy header");
    header |= static_cast<size_t>(file[10]) << 16 | static_cast<size_t>(file[11]) << 24;
    begin = 12;
  }
  if (header > kMaxHeader || header > file.size() - begin) throw Error(name + " is cut inside its .npy header");

  NpyArray out;
  HeaderReader({reinterpret_cast<const char*>(file.data()) + begin, header}, name).read(out);
  const size_t have = file.size() - begin - header;
  const size_t want = wanted_bytes(out);
  if (have != want) {
    throw Error(name + ": its shape " + shape_text(out.shape) + " of " + inlay_dtype_name(out.dtype) + " needs " +
                (want == SIZE_MAX ? std::string("more bytes than there are") : std::to_string(want) + " bytes") + ", the file holds " +
                std::to_string(have) + "; save it again");
  }
  out.data.assign(file.end() - static_cast<std::ptrdiff_t>(have), file.end());
  return out;
}

Bytes format_npy(inlay_dtype dtype, const std::vector<int64_t>& shape, const void* data, size_t bytes) {
  const char* code = nullptr;
  for (const TypeName& type : kTypes) {
    if (type.dtype == dtype) code = type.code;
  }
  if (code == nullptr) throw Error(std::string("a .npy file cannot hold ") + inlay_dtype_name(dtype));

  std::string header = std::string("{'descr': '") + code + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i) header += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  header += shape.size() == 1 ? ",), }" : "), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';  // the format wants the data aligned to 64
  header += '\n';

  Bytes out(kMagic, kMagic + kMagicBytes);
  out.insert(out.end(), {1, 0, static_cast<uint8_t>(header.size() & 255), static_cast<uint8_t>(header.size() >> 8)});
  out.insert(out.end(), header.begin(), header.end());
  const auto* first = static_cast<const uint8_t*>(data);
  if (dtype == INLAY_INT4) {
    const Bytes wide = unpack_int4(first, bytes, shape);
    out.insert(out.end(), wide.begin(), wide.end());
  } else if (bytes != 0) {
    out.insert(out.end(), first, first + bytes);
  }
  return out;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t dim : shape) text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "scalar" : text;
}

}  // namespace inlay::tools
