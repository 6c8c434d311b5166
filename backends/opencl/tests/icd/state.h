// SPDX-License-Identifier: Apache-2.0
// What the test ICD has been told to do, and what it has counted.
#pragma once
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_0_APIS
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl_icd.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "icd.h"

namespace inlay::icd {

/// PoCL's functions, as they were.
extern cl_icd_dispatch real;

/// Safe from any thread; nothing here calls OpenCL.
class State {
 public:
  static State& get();

  void reset();
  void fail(inlay_icd_call call, int64_t nth, int64_t times, cl_int error);
  void lose(int64_t nth, cl_int error);
  void set_delay(inlay_icd_call call, int64_t milliseconds);
  void set_log(std::string text);
  /// NULL: as the environment says.
  void set_device(const inlay_icd_device* device);
  /// What the environment has set is what reset() returns to.
  void keep_device() { first_device_ = device_; }
  inlay_icd_device device() const;
  std::string log() const;

  /// Counts a call, waits as told, and returns the error it shall have; CL_SUCCESS: go on. `context`: what it is about, or NULL.
  cl_int enter(inlay_icd_call call, cl_context context = nullptr);
  /// A call that went on has succeeded and moved `bytes`.
  void taken(inlay_icd_call call, size_t bytes = 0);
  /// What the device answers once it is lost, CL_SUCCESS before.
  cl_int lost() const;
  /// CL_SUCCESS or why the device has no room for a buffer of `bytes`.
  cl_int room(size_t bytes) const;

  void made(inlay_icd_kind kind, const void* object, size_t bytes = 0);
  void retained(inlay_icd_kind kind, const void* object);
  /// Before the driver's release: its address may be another object's right after it.
  void released(inlay_icd_kind kind, const void* object);

  void counts(inlay_icd_counts* out) const;

 private:
  struct Fault {
    int64_t call, first, last;  // numbers of calls; last < 0: for ever
    cl_int error;
  };
  struct Object {
    int64_t references;
    size_t bytes;
  };
  int64_t number_of(int64_t call) const;
  bool is_lost() const { return lost_error_ != CL_SUCCESS && any_ >= lost_at_; }

  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  int64_t any_ = 0, lost_at_ = 0;
  cl_int lost_error_ = CL_SUCCESS;
  int64_t delay_[ICD_CALLS] = {};
  std::string log_;
  inlay_icd_device device_ = {}, first_device_ = {};
  std::map<const void*, cl_int> lost_contexts_;  ///< those that lived when the device was lost never come back
  inlay_icd_counts counts_ = {};
  std::map<std::pair<inlay_icd_kind, const void*>, Object> objects_;
};

/// Applies the settings of INLAY_ICD's value. Returns the part that it does not understand; empty: all of it is applied.
std::string apply_settings(const std::string& settings, State* state);
/// Writes the counters to `path`.
void write_report(const State& state, const char* path);

const char* call_name(inlay_icd_call call);
const char* kind_name(inlay_icd_kind kind);

/// Put the functions of a part in place of PoCL's.
void override_creation(cl_icd_dispatch* table);
void override_commands(cl_icd_dispatch* table);
void override_device(cl_icd_dispatch* table);
void override_programs(cl_icd_dispatch* table);

}  // namespace inlay::icd
