// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/profile.h"

#include <algorithm>
#include <cmath>

#include "tools/emit/emit.h"
#include "tools/tune/profile_reader.h"

namespace inlay::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVersionKey = "inlay_profile";
constexpr int64_t kVersion = 1;

Board read_board(const Json& from, const ProfileReader& reader) {
  Board board;
  board.cpu = reader.text(from, "cpu");
  board.machine = reader.text(from, "machine");
  board.build = reader.text(from, "build");
  board.cores = reader.whole(from, "cores");
  board.features = reader.texts(from, "features");
  const Json& devices = reader.member(from, "devices");
  if (!devices.is_object()) reader.fail("'devices' is no object");
  for (const auto& [name, value] : devices.items()) board.devices[name] = reader.text(devices, name.c_str());
  return board;
}

Measurement read_measurement(const Json& from, const ProfileReader& reader) {
  Measurement m;
  m.device = reader.text(from, "device");
  m.threads = reader.whole(from, "threads");
  m.us = reader.number(from, "us", kMaxUs);
  m.mad = reader.number(from, "mad", kMaxUs);
  m.count = reader.whole(from, "count");
  m.kernel = reader.text(from, "kernel");
  return m;
}

std::vector<Transfer> read_transfers(const Json& document, const ProfileReader& reader) {
  std::vector<Transfer> out;
  if (!document.contains("transfers")) return out;
  if (!document["transfers"].is_array()) reader.fail("'transfers' is no list");
  for (const Json& one : document["transfers"]) {
    out.push_back({reader.text(one, "from"), reader.text(one, "to"), reader.number(one, "latency_us", kMostTransferUs),
                   reader.number(one, "bytes_per_us", kMaxUs)});
    if (one.contains("how")) out.back().how = reader.text(one, "how");
    out.back().mad_us = reader.number(one, "mad_us", kMaxUs, 0);
    if (out.back().bytes_per_us > 0 && out.back().bytes_per_us < 1e-3) reader.fail("'bytes_per_us' is below 0.001");
  }
  return out;
}

std::vector<DeviceModel> read_devices(const Json& document, const ProfileReader& reader) {
  std::vector<DeviceModel> out;
  if (!document.contains("devices")) return out;
  if (!document["devices"].is_array()) reader.fail("'devices' is no list");
  for (const Json& one : document["devices"]) out.push_back(read_device(one, reader));
  return out;
}

double rounded(double us) { return std::round(us * 1000) / 1000; }

Json to_json(const Transfer& t) {
  Json out = {{"from", t.from}, {"to", t.to}, {"latency_us", t.latency_us}, {"bytes_per_us", t.bytes_per_us}};
  if (!t.how.empty()) out["how"] = t.how;
  if (t.mad_us > 0) out["mad_us"] = rounded(t.mad_us);
  return out;
}

Json to_json(const Measurement& m) {
  return {{"device", m.device},    {"threads", m.threads}, {"us", rounded(m.us)},
          {"mad", rounded(m.mad)}, {"count", m.count},     {"kernel", m.kernel}};
}

}  // namespace

const Measurement* Profile::find(const std::string& signature, const std::string& device, int32_t threads) const {
  const auto it = ops.find(signature);
  if (it == ops.end()) return nullptr;
  const auto same = [&](const Measurement& m) { return m.device == device && m.threads == threads; };
  const auto found = std::find_if(it->second.begin(), it->second.end(), same);
  return found != it->second.end() ? &*found : nullptr;
}

void Profile::put(const std::string& signature, const Measurement& measurement) {
  if (const Measurement* known = find(signature, measurement.device, measurement.threads)) {
    *const_cast<Measurement*>(known) = measurement;
  } else {
    ops[signature].push_back(measurement);
  }
}

const DeviceModel* Profile::device(const std::string& name, int32_t threads) const {
  const auto fits = [&](const DeviceModel& d) { return d.name == name && (d.threads == 0 || d.threads == threads); };
  const auto found = std::find_if(devices.begin(), devices.end(), fits);
  return found != devices.end() ? &*found : nullptr;
}

void Profile::put(const DeviceModel& device) {
  const auto same = [&](const DeviceModel& d) { return d.name == device.name && d.threads == device.threads; };
  const auto found = std::find_if(devices.begin(), devices.end(), same);
  if (found != devices.end()) {
    *found = device;
  } else {
    devices.push_back(device);
  }
}

void Profile::put(const Transfer& transfer) {
  const auto same = [&](const Transfer& t) { return t.from == transfer.from && t.to == transfer.to; };
  transfers.erase(std::remove_if(transfers.begin(), transfers.end(), same), transfers.end());
  transfers.push_back(transfer);
}

void Profile::merge(const Profile& from) {
  for (const auto& [signature, list] : from.ops) {
    for (const Measurement& m : list) {
      const Measurement* known = find(signature, m.device, m.threads);
      if (known == nullptr || m.count > known->count) put(signature, m);
    }
  }
  for (const Transfer& t : from.transfers) {
    const auto same = [&](const Transfer& mine) { return mine.from == t.from && mine.to == t.to; };
    if (std::none_of(transfers.begin(), transfers.end(), same)) transfers.push_back(t);
  }
  for (const DeviceModel& d : from.devices) {
    if (device(d.name, d.threads) == nullptr) devices.push_back(d);
  }
  for (const auto& [name, is] : from.board.devices) board.devices.emplace(name, is);
}

Profile parse_profile(const std::string& text, const std::string& name) {
  const ProfileReader reader(name);
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) reader.fail("it is no JSON object");
  const auto version = static_cast<int64_t>(reader.whole(document, kVersionKey));
  if (version > kVersion)
    throw Error(name + " has profile version " + std::to_string(version) + ", this Inlay reads " + std::to_string(kVersion) +
                ": update Inlay");
  Profile profile;
  profile.board = read_board(reader.member(document, "board"), reader);
  const Json& ops = reader.member(document, "ops");
  if (!ops.is_object()) reader.fail("'ops' is no object");
  for (const auto& [signature, list] : ops.items()) {
    if (!list.is_array()) reader.fail("the measurements of '" + signature.substr(0, 60) + "' are no list");
    for (const Json& one : list) profile.put(signature, read_measurement(one, reader));
  }
  profile.transfers = read_transfers(document, reader);
  profile.devices = read_devices(document, reader);
  if (document.contains("simulated")) profile.simulated = reader.text(document, "simulated");
  constexpr const char* kKnown[] = {kVersionKey, "simulated", "board", "ops", "devices", "transfers"};
  for (const auto& [key, value] : document.items()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown)) profile.other[key] = value;
  }
  return profile;
}

std::string format_profile(const Profile& profile) {
  const Board& b = profile.board;
  Json out;
  out[kVersionKey] = kVersion;
  if (!profile.simulated.empty()) out["simulated"] = profile.simulated;
  out["board"] = {{"cpu", b.cpu},           {"machine", b.machine}, {"build", b.build},
                  {"features", b.features}, {"cores", b.cores},     {"devices", b.devices}};
  out["ops"] = Json::object();
  for (const auto& [signature, list] : profile.ops) {
    Json& measured = out["ops"][signature] = Json::array();
    for (const Measurement& m : list) measured.push_back(to_json(m));
  }
  for (const DeviceModel& d : profile.devices) out["devices"].push_back(to_json(d));
  for (const Transfer& t : profile.transfers) out["transfers"].push_back(to_json(t));
  for (const auto& [key, value] : profile.other.items()) out[key] = value;
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Profile load_profile(const std::string& path, const Board& here, bool any_board) {
  const Bytes file = read_file(path);
  Profile profile = parse_profile(std::string(file.begin(), file.end()), path);
  if (!profile.simulated.empty() && !any_board)
    throw Error(path + " is of a simulated board (" + profile.simulated + "): plan for it with inlay tune --board " + path);
  const std::string other = difference(profile.board, here);
  if (!other.empty() && !any_board) {
    throw Error(path + " was measured on another board, with " + other + ": measure into a new file, or use it with --any-board");
  }
  return profile;
}

void save_profile(const std::string& path, const Profile& profile) {
  const std::string text = format_profile(profile);
  write_file(path, text.data(), text.size());
}

}  // namespace inlay::tools
