// SPDX-License-Identifier: Apache-2.0
// What was measured on a board: a JSON file that many models share. docs/tune.md describes it.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/tune/board.h"
#include "tools/tune/device_model.h"

namespace inlay::tools {

/// How long one op takes on one device. Times in microseconds.
struct Measurement {
  std::string device;
  int32_t threads = 1;
  double us = 0;   ///< median
  double mad = 0;  ///< median absolute deviation from it
  int32_t count = 0;
  std::string kernel;  ///< what the device ran; may be empty
  bool estimated = false;  ///< by a roofline; profiles hold no such numbers, they are made anew
};

/// How long a tensor takes from one memory to another: latency + bytes / bytes_per_us.
struct Transfer {
  std::string from, to;  ///< "host" or a device
  double latency_us = 0;
  double bytes_per_us = 0;  ///< 0: the size does not matter
  std::string how = {};     ///< "copied" or "mapped"; empty: not known
  double mad_us = 0;        ///< median absolute deviation of the measured times from these; 0: not measured
};

struct Profile {
  Board board;
  bool on_paper = false;  ///< the file does not say so: its devices are not those of this machine, whoever they are
  std::string simulated;  ///< where the numbers of a board that was not measured come from; empty: they were measured
  std::vector<DeviceModel> devices;
  std::vector<Transfer> transfers;
  std::map<std::string, std::vector<Measurement>> ops;              ///< by signature
  nlohmann::ordered_json other = nlohmann::ordered_json::object();  ///< keys of the file that this version does not know

  /// NULL: not measured.
  const Measurement* find(const std::string& signature, const std::string& device, int32_t threads) const;
  /// Adds a measurement or replaces that of the same signature, device and threads.
  void put(const std::string& signature, const Measurement& measurement);
  /// The model of a device; NULL: none for so many threads.
  const DeviceModel* device(const std::string& name, int32_t threads) const;
  /// Adds, or replaces that of the same name and threads.
  void put(const DeviceModel& device);
  /// Adds, or replaces that of the same path.
  void put(const Transfer& transfer);
  /// Takes over what `from` has measured more often or alone.
  void merge(const Profile& from);
};

/// `name` begins the sentences of errors. Throws Error for everything that is not a profile.
Profile parse_profile(const std::string& text, const std::string& name);
std::string format_profile(const Profile& profile);

/// Reads a profile; one of another board is refused unless `any_board`. Throws Error.
Profile load_profile(const std::string& path, const Board& here, bool any_board);
/// Writes it whole or not at all. Throws Error.
void save_profile(const std::string& path, const Profile& profile);

}  // namespace inlay::tools
