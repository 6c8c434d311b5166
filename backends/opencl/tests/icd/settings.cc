// SPDX-License-Identifier: Apache-2.0
// Names, the settings of INLAY_ICD, and the report at the end.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "state.h"

namespace inlay::icd {
namespace {

constexpr const char* kCallNames[] = {
#define INLAY_ICD_CALL(name) #name,
#include "calls.inc"
#undef INLAY_ICD_CALL
    "ANY"};
constexpr const char* kKindNames[] = {"context", "queue", "memory", "program", "kernel", "event", "sub_device", "map"};
static_assert(sizeof(kKindNames) / sizeof(kKindNames[0]) == ICD_KINDS, "a name for each kind");

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool find_call(const std::string& name, inlay_icd_call* out) {
  for (int i = 0; i <= ICD_ANY; ++i) {
    if (lower(kCallNames[i]) != name) continue;
    *out = static_cast<inlay_icd_call>(i);
    return true;
  }
  return false;
}

struct Number {
  const char* name;
  int64_t inlay_icd_device::*member;
};
constexpr Number kNumbers[] = {{"absent", &inlay_icd_device::absent},
                               {"no_compiler", &inlay_icd_device::no_compiler},
                               {"no_unified_memory", &inlay_icd_device::no_unified_memory},
                               {"max_work_group", &inlay_icd_device::max_work_group},
                               {"base_align", &inlay_icd_device::base_align},
                               {"max_alloc", &inlay_icd_device::max_alloc},
                               {"memory", &inlay_icd_device::memory},
                               {"local_memory", &inlay_icd_device::local_memory}};

template <size_t N>
void set_text(char (&to)[N], const std::string& from) {
  std::snprintf(to, N, "%s", from.c_str());
}

bool apply_field(const std::string& name, const std::string& value, inlay_icd_device* device) {
  for (const Number& n : kNumbers) {
    if (name != n.name) continue;
    device->*n.member = std::stoll(value);
    return true;
  }
  if (name == "name") return set_text(device->name, value), true;
  if (name == "driver_version") return set_text(device->driver_version, value), true;
  if (name == "extensions") return set_text(device->extensions, value), true;
  return false;
}

/// "fail=create_buffer:3:0:-4" is name "fail" and parts {"create_buffer", "3", "0", "-4"}.
bool apply(const std::string& name, const std::vector<std::string>& parts, State* state) {
  inlay_icd_call call = ICD_ANY;
  if (name == "fail" && parts.size() == 4 && find_call(parts[0], &call)) {
    return state->fail(call, std::stoll(parts[1]), std::stoll(parts[2]), std::stoi(parts[3])), true;
  }
  if (name == "lose" && parts.size() == 2) return state->lose(std::stoll(parts[0]), std::stoi(parts[1])), true;
  if (name == "delay" && parts.size() == 2 && find_call(parts[0], &call) && call != ICD_ANY) {
    return state->set_delay(call, std::stoll(parts[1])), true;
  }
  if (name == "log" && parts.size() == 1) return state->set_log(parts[0]), true;
  inlay_icd_device device = state->device();
  if (parts.size() != 1 || !apply_field(name, parts[0], &device)) return false;
  return state->set_device(&device), true;
}

}  // namespace

const char* call_name(inlay_icd_call call) { return kCallNames[call]; }
const char* kind_name(inlay_icd_kind kind) { return kKindNames[kind]; }

std::string apply_settings(const std::string& settings, State* state) {
  std::istringstream words(settings);
  std::string word, part;
  while (words >> word) {
    const size_t equals = word.find('=');
    std::vector<std::string> parts;
    std::istringstream values(equals == std::string::npos ? "" : word.substr(equals + 1));
    while (std::getline(values, part, ':')) parts.push_back(part);
    try {
      if (!apply(word.substr(0, equals), parts, state)) return word;
    } catch (const std::exception&) {  // not a number
      return word;
    }
  }
  return "";
}

void write_report(const State& state, const char* path) {
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) return;
  inlay_icd_counts c = {};
  state.counts(&c);
  const auto line = [&](const char* what, const char* of, int64_t value) {
    std::fprintf(file, "%s%s%s %lld\n", what, *of != '\0' ? "." : "", of, static_cast<long long>(value));
  };
  for (int k = 0; k < ICD_KINDS; ++k) {
    line("live", kKindNames[k], c.live[k]);
    line("made", kKindNames[k], c.made[k]);
  }
  line("live_bytes", "", c.live_bytes);
  line("peak_bytes", "", c.peak_bytes);
  for (int i = 0; i < ICD_CALLS; ++i) {
    const std::string name = lower(kCallNames[i]);
    line("calls", name.c_str(), c.calls[i]);
    line("taken", name.c_str(), c.taken[i]);
    line("bytes", name.c_str(), c.bytes[i]);
  }
  std::fclose(file);
}

}  // namespace inlay::icd
