// SPDX-License-Identifier: Apache-2.0
// Measuring the ops of a model on the devices of this machine.
#pragma once
#include <functional>

#include "tools/inlay/handles.h"
#include "tools/tune/choose.h"
#include "tools/tune/profile.h"
#include "tools/tune/timing.h"

namespace inlay::tools {

struct TuneOptions {
  std::vector<inlay_device> devices;         ///< by preference, `rest` among them
  inlay_device rest = {&inlay_backend_builtin, 0};  ///< runs what another device of the list does not take
  const Stopwatch* stopwatch = nullptr;      ///< of whole runs; NULL: the host's clock
  int32_t threads = 1;
  double seconds = 10;                       ///< the most that measuring may take, beside three runs of each device
  Wishes wishes;
  bool estimate = false;                     ///< measure no op: by rooflines of the devices, where the profile knows nothing
  bool fresh = false;                        ///< measure again what the profile knows
  std::function<void(const Profile&)> save;  ///< called now and then, and at the end
};

/// A device's whole session: every op it takes on it, the rest on builtin. Of a variant: every op that has it by that one, what
/// else the device takes by its own choice.
struct Candidate {
  std::string name;
  SessionPtr session;
  std::string failure;             ///< why there is no session
  std::vector<int32_t> placement;  ///< into the columns of all candidates
  int32_t ops = 0;                 ///< how many it takes, or has this variant of
  double whole_us = 0;             ///< median of a run; 0: not timed
};

struct TuneReport {
  int32_t signatures = 0, known = 0;  ///< of the model; of them measured before, on every device
  int32_t rounds = 0;
  bool steady = true;                ///< false: the time was over before the noise was small
  std::vector<Candidate> candidates;  ///< one per column (tools/tune/columns.h)
  Choice choice;
  double whole_us = 0, noise_us = 0;  ///< median of a run by the choice, and its MAD
  std::string best_single;            ///< the fastest of the candidates
  bool fell_back = false;             ///< that one was faster than the placement, and is the choice
};

/// Adds to `profile` what is missing of the model's ops, and no more. Throws Error.
void measure_ops(const inlay_model* model, const TuneOptions& options, Profile* profile);
/// Adds what is missing to `profile`, chooses, and times the choice against each device alone. Throws Error.
TuneReport tune(const inlay_model* model, const TuneOptions& options, Profile* profile);

}  // namespace inlay::tools
