// SPDX-License-Identifier: Apache-2.0
#include "state.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace inlay::icd {

State& State::get() {
  static auto* state = new State;  // outlives the driver's own destructors, which may release objects
  return *state;
}

void State::reset() {
  const std::lock_guard<std::mutex> lock(mutex_);
  faults_.clear();
  any_ = 0;
  lost_at_ = 0;
  lost_error_ = CL_SUCCESS;
  std::fill(std::begin(delay_), std::end(delay_), 0);
  log_.clear();
  device_ = first_device_;
  inlay_icd_counts fresh = {};
  std::copy(std::begin(counts_.live), std::end(counts_.live), fresh.live);
  fresh.live_bytes = fresh.peak_bytes = counts_.live_bytes;
  counts_ = fresh;
}

int64_t State::number_of(int64_t call) const { return call == ICD_ANY ? any_ : counts_.calls[call]; }

void State::fail(inlay_icd_call call, int64_t nth, int64_t times, cl_int error) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int64_t first = number_of(call) + nth;
  faults_.push_back({call, first, times == 0 ? -1 : first + times - 1, error});
}

void State::lose(int64_t nth, cl_int error) {
  const std::lock_guard<std::mutex> lock(mutex_);
  lost_at_ = any_ + nth;
  lost_error_ = error;
}

void State::set_delay(inlay_icd_call call, int64_t milliseconds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  delay_[call] = milliseconds;
}

void State::set_log(std::string text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  log_ = std::move(text);
}

void State::set_device(const inlay_icd_device* device) {
  const std::lock_guard<std::mutex> lock(mutex_);
  device_ = device != nullptr ? *device : first_device_;
}

inlay_icd_device State::device() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return device_;
}

std::string State::log() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return log_;
}

cl_int State::enter(inlay_icd_call call, cl_context context) {
  int64_t wait = 0;
  cl_int error = CL_SUCCESS;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++any_;
    const int64_t number = ++counts_.calls[call];
    wait = delay_[call];
    for (const Fault& f : faults_) {
      const int64_t n = f.call == ICD_ANY ? any_ : number;
      if ((f.call == ICD_ANY || f.call == call) && n >= f.first && (f.last < 0 || n <= f.last)) error = f.error;
    }
    const auto lost = lost_contexts_.find(context);
    if (lost != lost_contexts_.end()) error = lost->second;
    if (is_lost()) {
      error = lost_error_;
      for (const auto& object : objects_) {
        if (object.first.first == ICD_CONTEXT) lost_contexts_[object.first.second] = lost_error_;
      }
    }
  }
  // Outside of the lock: calls of several threads wait at the same time.
  if (wait > 0) std::this_thread::sleep_for(std::chrono::milliseconds(wait));
  return error;
}

void State::taken(inlay_icd_call call, size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++counts_.taken[call];
  counts_.bytes[call] += static_cast<int64_t>(bytes);
}

cl_int State::lost() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return is_lost() ? lost_error_ : CL_SUCCESS;
}

cl_int State::room(size_t bytes) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto wanted = static_cast<int64_t>(bytes);
  if (device_.max_alloc > 0 && wanted > device_.max_alloc) return CL_INVALID_BUFFER_SIZE;
  if (device_.memory > 0 && wanted > device_.memory - counts_.live_bytes) return CL_MEM_OBJECT_ALLOCATION_FAILURE;
  return CL_SUCCESS;
}

void State::made(inlay_icd_kind kind, const void* object, size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  objects_[{kind, object}] = {1, bytes};
  ++counts_.live[kind];
  ++counts_.made[kind];
  counts_.live_bytes += static_cast<int64_t>(bytes);
  counts_.peak_bytes = std::max(counts_.peak_bytes, counts_.live_bytes);
}

void State::retained(inlay_icd_kind kind, const void* object) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = objects_.find({kind, object});
  if (found != objects_.end()) ++found->second.references;
}

void State::released(inlay_icd_kind kind, const void* object) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = objects_.find({kind, object});
  if (found == objects_.end() || --found->second.references > 0) return;
  --counts_.live[kind];
  counts_.live_bytes -= static_cast<int64_t>(found->second.bytes);
  objects_.erase(found);
  if (kind == ICD_CONTEXT) lost_contexts_.erase(object);
}

void State::counts(inlay_icd_counts* out) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  *out = counts_;
}

}  // namespace inlay::icd
