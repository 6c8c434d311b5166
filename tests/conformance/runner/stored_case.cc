// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/stored_case.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/emit/emit.h"

// Only its inflate is wanted.
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#include <stb/stb_image.h>

namespace inlay::conformance {
namespace {

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::string base64(const std::string& text) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    const int digit = base64_digit(c);
    if (digit < 0) throw tools::Error("not base64");
    bits = bits << 6 | static_cast<uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 255u));
  }
  return out;
}

tools::Bytes unpack(const std::string& text) {
  // Some versions of stb want 16 bits to look at even at the end of the stream.
  const std::string raw = base64(text) + std::string(4, '\0');
  int size = 0;
  const std::unique_ptr<char, void (*)(void*)> data(
      stbi_zlib_decode_noheader_malloc(raw.data(), static_cast<int>(raw.size()), &size), std::free);
  if (data == nullptr) throw tools::Error("the deflated bytes are damaged");
  return tools::Bytes(data.get(), data.get() + size);
}

StoredCase read_case(const nlohmann::json& line) {
  StoredCase c;
  c.name = line.at("name");
  c.source = line.at("op");
  c.about = line.at("about");
  c.steps = line.value("steps", 1);
  if (line.contains("tolerance")) c.tolerance = line.at("tolerance").get<double>();
  c.shapes = line.at("shapes").get<std::vector<std::vector<int32_t>>>();
  if (line.contains("resize")) c.resize = line.at("resize").get<std::map<std::string, std::vector<int32_t>>>();
  c.model = unpack(line.at("model"));
  c.in = unpack(line.at("in"));
  c.out = unpack(line.at("out"));
  return c;
}

/// What ops.inc says of the file's name.
void name_op(const std::string& symbol, StoredOp* op) {
  struct Entry {
    const char* symbol;
    const char* name;
    uint16_t kind;
  };
  static const Entry kOps[] = {
#define INLAY_OP(number, NAME, symbol, alias) {#symbol, #NAME, number},
#include "inlay/ops.inc"
#undef INLAY_OP
  };
  for (const Entry& e : kOps) {
    if (symbol != e.symbol) continue;
    op->name = e.name;
    op->kind = e.kind;
    return;
  }
  op->name = symbol;
  std::transform(symbol.begin(), symbol.end(), op->name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
}

}  // namespace

StoredOp read_cases(const std::string& path) {
  StoredOp op;
  name_op(std::filesystem::path(path).stem().string(), &op);
  try {
    const tools::Bytes file = tools::read_file(path);
    const nlohmann::json root = nlohmann::json::parse(file.begin(), file.end());
    for (const nlohmann::json& line : root.at("cases")) op.cases.push_back(read_case(line));
  } catch (const std::exception& error) {
    throw tools::Error(path + ": " + error.what() + " (generate it again: tests/conformance/README.md)");
  }
  return op;
}

}  // namespace inlay::conformance
