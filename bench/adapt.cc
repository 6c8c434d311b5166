// SPDX-License-Identifier: Apache-2.0
#include "bench/adapt.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "inlay/adaptive.h"
#include "tools/graph/op_call.h"
#include "tools/inlay/handles.h"
#include "tools/tune/random_input.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

using tools::Bytes;
using tools::Error;

constexpr double kLines = 10;
constexpr int kBatch = 64;  // frames between two looks at the time that is left

struct Destroy {
  void operator()(inlay_adaptive* a) const { inlay_adaptive_destroy(a); }
};
using AdaptivePtr = std::unique_ptr<inlay_adaptive, Destroy>;

const char* verb(inlay_adaptive_event_kind kind) {
  switch (kind) {
    case INLAY_ADAPTIVE_TRIED: return "tries";
    case INLAY_ADAPTIVE_SWITCHED: return "takes";
    case INLAY_ADAPTIVE_REJECTED: return "rejects";
    default: return "gives up";
  }
}

void print_event(void* user, const inlay_adaptive_event* e) {
  std::printf("%8.2f s %9llu  %s %s: %d ops moved, %.1f us before, %.1f expected",
              (tools::now_us() - *static_cast<double*>(user)) / 1e6, static_cast<unsigned long long>(e->frame), verb(e->kind),
              e->to_stored != 0 ? "the stored placement" : "another placement", e->moved, e->before_us, e->expected_us);
  if (e->measured_us > 0) std::printf(", %.1f measured", e->measured_us);
  std::printf("%s%s\n", e->sentence[0] != '\0' ? ": " : "", e->sentence);
}

inlay_adaptive_info info_of(const AdaptivePtr& adaptive) {
  inlay_adaptive_info info{};
  info.struct_size = sizeof(info);
  tools::check(inlay_adaptive_info_of(adaptive.get(), &info), {}, "asking what runs");
  return info;
}

void print_state(const AdaptivePtr& adaptive, double begin_us) {
  const inlay_adaptive_info info = info_of(adaptive);
  std::printf("%8.2f s %9llu  %10.1f us  %s ", (tools::now_us() - begin_us) / 1e6, static_cast<unsigned long long>(info.frames),
              info.measured_us, info.stored_runs != 0 ? "stored" : "moved ");
  for (int32_t i = 0; i < info.processors; ++i) {
    inlay_adaptive_processor p{};
    tools::check(inlay_adaptive_processor_at(adaptive.get(), i, &p), {}, "asking for a processor");
    std::printf("  %s %.2f%s", p.name, static_cast<double>(p.factor), p.seen != 0 ? "" : " (idle)");
  }
  std::printf("\n");
  std::fflush(stdout);
}

void write_inputs(const inlay_model* model, const AdaptivePtr& adaptive) {
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) {
    const Bytes bytes = tools::random_input(tools::input_info(model, i), i);
    void* to = inlay_adaptive_input(adaptive.get(), i);
    if (to == nullptr) throw Error("input " + std::to_string(i) + " has no memory in the session");
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }
}

}  // namespace

void adapt(const Options& options) {
  const tools::ModelPtr model = tools::open_model(options.model);
  double begin = tools::now_us();
  inlay_config session{};
  session.struct_size = sizeof(session);
  session.threads = options.threads;
  session.ops = tools::all_ops();
  session.cache_dir = options.cache == "auto" ? nullptr : options.cache == "none" ? "" : options.cache.c_str();
  session.allow_inexact = options.allow_inexact ? 1 : 0;
  session.fast_math = tools::fast_math_bits(options.fast_math);
  inlay_adaptive_config config{};
  config.struct_size = sizeof(config);
  config.session = &session;
  config.told = print_event;
  config.user = &begin;
  inlay_adaptive* made = nullptr;
  inlay_error error{};
  tools::check(inlay_adaptive_create(model.get(), &config, &made, &error), error, "adapting " + options.model);
  const AdaptivePtr adaptive(made);
  write_inputs(model.get(), adaptive);
  std::printf("%10s %9s  %13s  %s\n", "time", "frame", "median",
              "placement, and what each processor's ops take against the stored costs");
  begin = tools::now_us();
  double next = 0;
  for (double done = 0; done < 1;) {
    for (int i = 0; i < (options.runs > 0 ? 1 : kBatch); ++i) {
      tools::check(inlay_adaptive_run(adaptive.get(), &error), error, "running a frame");
    }
    const double passed = (tools::now_us() - begin) / 1e6;
    done = options.runs > 0 ? static_cast<double>(info_of(adaptive).frames) / options.runs
                            : passed / std::max(options.seconds, 1e-3);
    if (done * kLines < next) continue;
    print_state(adaptive, begin);
    next = std::floor(done * kLines) + 1;
  }
  const inlay_adaptive_info info = info_of(adaptive);
  std::printf("%llu frames, %llu with their ops timed; %llu searches, %llu trials, %llu switches, %llu rejected, %llu failed\n",
              static_cast<unsigned long long>(info.frames), static_cast<unsigned long long>(info.watched),
              static_cast<unsigned long long>(info.plans), static_cast<unsigned long long>(info.trials),
              static_cast<unsigned long long>(info.switches), static_cast<unsigned long long>(info.rejected),
              static_cast<unsigned long long>(info.failed));
}

}  // namespace inlay::bench
