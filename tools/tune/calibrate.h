// SPDX-License-Identifier: Apache-2.0
// What a device costs beside its ops, and how fast it is at all: measured with small models, in less than a second each.
#pragma once
#include <string>
#include <vector>

#include "inlay/inlay.h"
#include "tools/tune/profile.h"

namespace inlay::tools {

struct CalibrateOptions {
  int32_t threads = 1;
  const inlay_pool* pool = nullptr;  ///< as of the sessions it is for
  double seconds = 0.4;              ///< the most each of the following may take, beside preparing sessions and three runs of each
};

/// Measures `start_us` of a device on the host's thread: sessions whose ops lie on it and on `other` in turns, against those on each
/// alone. False: one of them takes no small op of float.
bool measure_start(const inlay_device& device, const inlay_device& other, const CalibrateOptions& options, DeviceModel* out);

/// Measures `start_us` and `gap_us` of a device beside the host, and its transfers both ways: runs of sums of many inputs, fans of many
/// outputs and chains of many ops, of several sizes, less what their ops take, are fitted by what each has of every part. False: as
/// above.
bool measure_transfers(const inlay_device& device, const std::string& name, const CalibrateOptions& options, DeviceModel* out,
                       std::vector<Transfer>* transfers);

/// Measures the roofline: a tiny op, convolutions of int8 and float, depthwise ones, a large sum. A kind of op that the device does not
/// take is left at the rates of others; false: it takes none of them.
bool measure_speed(const inlay_device& device, const CalibrateOptions& options, DeviceModel* out);

/// What the profile does not know yet, or with `fresh` all of it: the starts and transfers of the devices, with `speeds` also their
/// rooflines. What a device cannot be measured by is left as it was.
void calibrate(const std::vector<inlay_device>& devices, const CalibrateOptions& options, bool speeds, bool fresh, Profile* profile);

}  // namespace inlay::tools
