// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/timing.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "tools/inlay/handles.h"
#include "tools/tune/random_input.h"

namespace inlay::tools {
namespace {

constexpr double kPatienceUs = 2e6;  // shorter waits need no bar

uint64_t now_ns(void*) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace

double now_us() { return static_cast<double>(now_ns(nullptr)) / 1000.0; }

Progress::Progress() : begin_(now_us()), shown_(isatty(STDERR_FILENO) == 0 ? -1 : 0) {}

Progress::~Progress() {
  if (shown_ > 0) std::fprintf(stderr, "\r%40s\r", "");
}

void Progress::update(double done) {
  const double passed = now_us() - begin_;
  const int step = static_cast<int>(std::min(done, 1.0) * 30);
  if (shown_ < 0 || step <= shown_ || passed < 1e5 || passed / std::max(done, 1e-6) < kPatienceUs) return;
  shown_ = step;
  std::fprintf(stderr, "\r[%-30s]", std::string(static_cast<size_t>(step), '=').c_str());
  std::fflush(stderr);
}

Subject::Subject(const inlay_model* model, inlay_session* session, const Stopwatch* stopwatch) : session_(session), stopwatch_(stopwatch) {
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) inputs_.push_back(random_input(input_info(model, i), i));
}

double Subject::run() {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    void* to = inlay_session_input(session_, static_cast<int32_t>(i));
    if (to == nullptr) throw Error("input " + std::to_string(i) + " has no memory in the session");
    if (!inputs_[i].empty()) std::memcpy(to, inputs_[i].data(), inputs_[i].size());
  }
  if (stopwatch_ != nullptr) stopwatch_->begin();
  const double begin = now_us();
  run_session(session_);
  return stopwatch_ != nullptr ? stopwatch_->end() : now_us() - begin;
}

OpWatch::OpWatch(const inlay_model* model, inlay_session* session) : session_(session) {
  times.resize(static_cast<size_t>(main_graph(model).node_count));
  observer_ = {sizeof(observer_), now_ns, done, this};
  check(inlay_session_observe(session, &observer_), {}, "watching the ops");
}

OpWatch::~OpWatch() { static_cast<void>(inlay_session_observe(session_, nullptr)); }

void OpWatch::done(void* user, int32_t graph, int32_t node, uint64_t begin, uint64_t end) {
  auto& watch = *static_cast<OpWatch*>(user);
  if (graph != 0 || node < 0 || static_cast<size_t>(node) >= watch.times.size()) return;
  watch.times[static_cast<size_t>(node)].push_back(static_cast<double>(end - begin) / 1000.0);
  watch.events.push_back({node, static_cast<double>(begin) / 1000.0, static_cast<double>(end) / 1000.0});
}

}  // namespace inlay::tools
