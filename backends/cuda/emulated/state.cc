// SPDX-License-Identifier: Apache-2.0
#include "emulated/state.h"

namespace inlay::cuda::emulated {

State& state() {
  static State* const all = new State;  // sessions may end after static objects do
  return *all;
}

int State::enter(int32_t device, Call call) {
  const std::lock_guard<std::mutex> guard(lock);
  if (device < 0 || device >= shown) return kInvalidValue;
  ++counts.calls[static_cast<int>(call)];
  ++counts.all;
  if (lost[device] != 0) return lost[device];
  if (rule.next == 0 || (rule.call != Call::kAny && rule.call != call)) return 0;
  if (rule.next > 1) {
    --rule.next;
    return 0;
  }
  const int code = rule.code;
  if (rule.loses) lost[device] = code;
  if (rule.count > 0 && --rule.count == 0) rule = Rule();
  return code;
}

void State::lose(int32_t device, int code, const std::string& text) {
  const std::lock_guard<std::mutex> guard(lock);
  lost[device] = code;
  fault_text = text;
}

bool State::launch_faults() {
  const std::lock_guard<std::mutex> guard(lock);
  ++counts.launches;
  return fault_at > 0 && --fault_at == 0;
}

void State::keep(void* what, const Thing& thing) {
  const std::lock_guard<std::mutex> guard(lock);
  things[what] = thing;
}

int State::drop(int32_t device, Kind kind, void* what) {
  Thing thing = {};
  {
    const std::lock_guard<std::mutex> guard(lock);
    const auto at = things.find(what);
    if (lost[device] != 0) return lost[device];
    if (at == things.end() || at->second.kind != kind || at->second.device != device) return kInvalidValue;
    thing = at->second;
    things.erase(at);
  }
  thing.destroy(what);
  return 0;
}

int State::reset(int32_t device) {
  const std::lock_guard<std::mutex> guard(lock);
  ++counts.resets;
  lost[device] = 0;
  for (auto at = things.begin(); at != things.end();) {
    if (at->second.device != device) {
      ++at;
      continue;
    }
    at->second.destroy(at->first);
    at = things.erase(at);
  }
  return 0;
}

namespace {

void rule(const State::Rule& rule) {
  const std::lock_guard<std::mutex> guard(state().lock);
  state().rule = rule;
}

}  // namespace

void fail(Call call, int nth, int count, int code) { rule({call, nth, count, code, false}); }
void lose(int nth) { rule({Call::kAny, nth, 1, kDevicesUnavailable, true}); }

void fault(int nth) {
  const std::lock_guard<std::mutex> guard(state().lock);
  state().fault_at = nth;
}

void settle() {
  const std::lock_guard<std::mutex> guard(state().lock);
  state().rule = State::Rule();
  state().fault_at = 0;
  state().counts = {};
}

void show(int32_t devices) {
  const std::lock_guard<std::mutex> guard(state().lock);
  state().shown = devices;
}

Counts counts() {
  const std::lock_guard<std::mutex> guard(state().lock);
  return state().counts;
}

Held held() {
  const std::lock_guard<std::mutex> guard(state().lock);
  Held h = {};
  for (const auto& entry : state().things) {
    switch (entry.second.kind) {
      case Kind::kMemory: h.bytes += static_cast<int64_t>(entry.second.bytes); break;
      case Kind::kPinned: h.pinned_bytes += static_cast<int64_t>(entry.second.bytes); break;
      case Kind::kStream: ++h.streams; break;
      case Kind::kGraph: ++h.graphs; break;
      case Kind::kEvent: ++h.events; break;
    }
  }
  return h;
}

}  // namespace inlay::cuda::emulated
