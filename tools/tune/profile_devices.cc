// SPDX-License-Identifier: Apache-2.0
// Models of devices in a profile.
#include <algorithm>

#include "tools/tune/profile_reader.h"

namespace inlay::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostPerUs = 1e12;
constexpr double kLeastPerUs = 1e-3;  // an op of 2^31 bytes still takes no more than years

constexpr struct {
  const char* key;
  double Speed::*value;
} kSpeeds[] = {{"op_us", &Speed::op_us},
               {"int8_macs_per_us", &Speed::int8_macs_per_us},
               {"float_macs_per_us", &Speed::float_macs_per_us},
               {"bytes_per_us", &Speed::bytes_per_us}};

/// Numbers that are not given are those of `speed`.
Speed read_speed(const Json& from, Speed speed, const ProfileReader& reader) {
  for (const auto& part : kSpeeds) {
    speed.*part.value = reader.number(from, part.key, kMostPerUs, speed.*part.value);
    if (part.value != &Speed::op_us && speed.*part.value > 0 && speed.*part.value < kLeastPerUs)
      reader.fail(std::string("'") + part.key + "' is below 0.001");
  }
  if (speed.op_us > kMostTransferUs) reader.fail("'op_us' is more than 1000 seconds");
  return speed;
}

void add_speed(const Speed& speed, const Speed& known, Json* out) {
  for (const auto& part : kSpeeds) {
    if (speed.*part.value != known.*part.value) (*out)[part.key] = speed.*part.value;
  }
}

void check_kind(const std::string& kind, const ProfileReader& reader) {
  for (int32_t k = 1; k < 65536; ++k) {
    if (kind == inlay_op_kind_name(static_cast<uint16_t>(k))) return;
  }
  reader.fail("'" + kind.substr(0, 40) + "' is no kind of op");
}

}  // namespace

DeviceModel read_device(const Json& from, const ProfileReader& reader) {
  DeviceModel d;
  d.name = reader.text(from, "name");
  if (from.contains("threads")) d.threads = reader.whole(from, "threads");
  if (from.contains("kind")) {
    d.kind = reader.text(from, "kind");
    if (d.kind != "host" && d.kind != "remote" && d.kind != "asynchronous")
      reader.fail("'kind' is '" + d.kind.substr(0, 40) + "', not host, remote or asynchronous");
  }
  if (from.contains("shares_memory")) {
    if (!from["shares_memory"].is_boolean()) reader.fail("'shares_memory' is neither true nor false");
    d.shares_memory = from["shares_memory"].get<bool>();
  }
  d.start_us = reader.number(from, "start_us", kMostTransferUs, 0);
  d.submit_us = reader.number(from, "submit_us", kMostTransferUs, 0);
  d.gap_us = reader.number(from, "gap_us", kMostTransferUs, 0);
  d.memory_bytes = static_cast<uint64_t>(reader.number(from, "memory_bytes", 1e15, 0));
  d.speed = read_speed(from, {}, reader);
  d.has_speed = std::any_of(std::begin(kSpeeds), std::end(kSpeeds), [&](const auto& part) { return from.contains(part.key); });
  if (from.contains("kinds")) {
    if (!from["kinds"].is_object()) reader.fail("'kinds' is no object");
    for (const auto& [kind, speed] : from["kinds"].items()) {
      check_kind(kind, reader);
      if (!speed.is_object()) reader.fail("the speed of '" + kind + "' is no object");
      d.kinds[kind] = read_speed(speed, d.speed, reader);
    }
  }
  if (from.contains("takes")) d.takes = reader.texts(from, "takes");
  if (from.contains("refuses")) d.refuses = reader.texts(from, "refuses");
  for (const auto* list : {&d.takes, &d.refuses}) {
    for (const std::string& kind : *list) check_kind(kind, reader);
  }
  return d;
}

Json to_json(const DeviceModel& d) {
  Json out = {{"name", d.name}};
  if (d.threads != 0) out["threads"] = d.threads;
  if (!d.kind.empty()) out["kind"] = d.kind;
  if (d.shares_memory) out["shares_memory"] = true;
  out["start_us"] = d.start_us;
  if (d.submit_us > 0) out["submit_us"] = d.submit_us;
  if (d.gap_us > 0) out["gap_us"] = d.gap_us;
  if (d.memory_bytes != 0) out["memory_bytes"] = d.memory_bytes;
  if (d.has_speed) {
    out["op_us"] = d.speed.op_us;
    add_speed(d.speed, {d.speed.op_us}, &out);
  }
  for (const auto& [kind, speed] : d.kinds) {
    out["kinds"][kind] = Json::object();
    add_speed(speed, d.speed, &out["kinds"][kind]);
  }
  if (!d.takes.empty()) out["takes"] = d.takes;
  if (!d.refuses.empty()) out["refuses"] = d.refuses;
  return out;
}

}  // namespace inlay::tools
