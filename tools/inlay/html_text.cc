// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "tools/inlay/html.h"
#include "tools/inlay/npy.h"
#include "tools/inlay/sha256.h"

namespace inlay::tools {

std::string html_escape(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '`': out += "&#96;"; break;
      default:
        if ((static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t') || c == 127)
          out += "\xef\xbf\xbd";
        else
          out += c;
    }
  }
  return out;
}

namespace {

/// "sha256-<base64>": how a content security policy names the one script and the one style it lets in.
std::string policy_hash(const std::string& text) {
  const std::string hex = sha256_hex(text.data(), text.size());
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  static const char* const kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out = "sha256-";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace

std::string html_begin(const std::string& title, const std::string& style, const std::string& script) {
  const std::string scripts = script.empty() ? "" : " script-src '" + policy_hash(script) + "';";
  return "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><meta http-equiv='Content-Security-Policy' "
         "content=\"default-src 'none';" +
         scripts + " style-src '" + policy_hash(style) +
         "'\"><meta name='viewport' content='width=device-width,initial-scale=1'><title>" + html_escape(title) + " - Inlay</title><style>" +
         style + "</style></head><body>\n";
}

std::string html_text(const Json& value) { return html_escape(value.get<std::string>()); }

std::string html_data(const Json& value) {
  std::string out;
  for (const char c : value.dump()) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

namespace {

std::string scaled(double value, const char* const* units, double step, const char* tight) {
  int unit = 0;
  while (value >= step && unit < 4) {
    value /= step;
    ++unit;
  }
  char text[48];
  if (unit == 0)
    std::snprintf(text, sizeof(text), "%.0f%s%s", value, tight, units[0]);
  else
    std::snprintf(text, sizeof(text), value < 10 ? "%.2f%s%s" : value < 100 ? "%.1f%s%s" : "%.0f%s%s", value, tight, units[unit]);
  return text;
}

}  // namespace

std::string short_bytes(double bytes) {
  static const char* const kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  return scaled(bytes, kUnits, 1024, " ");
}

std::string short_count(double count) {
  static const char* const kUnits[] = {"", "K", "M", "G", "T"};
  return scaled(count, kUnits, 1000, "");
}

std::string shape_of_json(const Json& shape) { return shape_text(shape.get<std::vector<int64_t>>()); }

const char* op_family(const std::string& kind) {
  const auto begins = [&](const char* start) { return kind.rfind(start, 0) == 0; };
  const auto one_of = [&](std::initializer_list<const char*> list) {
    for (const char* name : list) {
      if (kind == name) return true;
    }
    return false;
  };
  if (begins("CUSTOM")) return "custom";
  if (begins("SIGNAL") || one_of({"RFFT2D", "COMPLEX_ABS", "REAL", "IMAG"})) return "signal";
  if (begins("CONV") || one_of({"DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"})) return "conv";
  if (one_of({"FULLY_CONNECTED", "BATCH_MATMUL", "EMBEDDING_LOOKUP"})) return "dense";
  if (kind.find("LSTM") != std::string::npos || kind.find("RNN") != std::string::npos ||
      one_of({"SVDF", "IF", "WHILE", "COPY", "DETECTION_POSTPROCESS"}) || begins("NON_MAX")) {
    return "state";
  }
  if (kind.find("POOL") != std::string::npos || begins("REDUCE") || begins("ARG_") || begins("SEGMENT") || begins("UNSORTED") ||
      one_of(
          {"MEAN", "SUM", "SOFTMAX", "LOG_SOFTMAX", "CUMSUM", "TOPK_V2", "L2_NORMALIZATION", "LOCAL_RESPONSE_NORMALIZATION"})) {
    return "pool";
  }
  if (begins("RESIZE") || begins("SPACE") || begins("BATCH_TO") || begins("DEPTH_TO") || begins("GATHER") || begins("SCATTER") ||
      begins("MATRIX") || begins("DYNAMIC") || begins("PAD") || begins("REVERSE") || begins("STRIDED") || begins("SPARSE") ||
      one_of({"RESHAPE", "TRANSPOSE", "CONCATENATION", "SLICE", "TILE", "BROADCAST_TO", "ONE_HOT", "FILL", "RANGE", "WHERE",
              "MIRROR_PAD"})) {
    return "move";
  }
  return "math";
}

}  // namespace inlay::tools
