// SPDX-License-Identifier: Apache-2.0
// Reads the parts of a profile and says which of them is wrong.
#pragma once
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/graph/ir.h"
#include "tools/tune/device_model.h"

namespace inlay::tools {

constexpr double kMaxUs = 1e12;
constexpr double kMostTransferUs = 1e9;

class ProfileReader {
 public:
  using Json = nlohmann::ordered_json;

  explicit ProfileReader(const std::string& name) : name_(name) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(name_ + " is no profile of inlay tune: " + what + "; measure again without it");
  }
  const Json& member(const Json& object, const char* key) const {
    if (!object.is_object()) fail(std::string("the place of '") + key + "' is no object");
    const auto it = object.find(key);
    if (it == object.end()) fail(std::string("'") + key + "' is missing");
    return *it;
  }
  std::string text(const Json& object, const char* key) const {
    const Json& value = member(object, key);
    if (!value.is_string()) fail(std::string("'") + key + "' is no text");
    return value.get<std::string>();
  }
  double number(const Json& object, const char* key, double most) const {
    const Json& value = member(object, key);
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0 && number <= most)) fail(std::string("'") + key + "' is no number from 0 to " + std::to_string(most));
    return number;
  }
  int32_t whole(const Json& object, const char* key) const {
    const double value = number(object, key, 1e9);
    if (value != std::floor(value)) fail(std::string("'") + key + "' is no whole number");
    return static_cast<int32_t>(value);
  }
  /// Where the key is missing: `otherwise`.
  double number(const Json& object, const char* key, double most, double otherwise) const {
    return object.contains(key) ? number(object, key, most) : otherwise;
  }
  std::vector<std::string> texts(const Json& object, const char* key) const {
    const Json& list = member(object, key);
    if (!list.is_array()) fail(std::string("'") + key + "' is no list");
    std::vector<std::string> out;
    for (const Json& word : list) {
      if (!word.is_string()) fail(std::string("'") + key + "' holds what is no text");
      out.push_back(word.get<std::string>());
    }
    return out;
  }

 private:
  std::string name_;
};

/// An entry of "devices".
DeviceModel read_device(const nlohmann::ordered_json& from, const ProfileReader& reader);
nlohmann::ordered_json to_json(const DeviceModel& device);

}  // namespace inlay::tools
