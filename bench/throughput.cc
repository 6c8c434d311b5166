// SPDX-License-Identifier: Apache-2.0
#include "bench/throughput.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include "bench/frame_inputs.h"
#include "inlay/pipeline.h"
#include "tools/inlay/handles.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

constexpr int64_t kLeastFrames = 10;

struct ClosePool {
  void operator()(inlay_session_pool* p) const { inlay_session_pool_destroy(p); }
};

/// Frames per second of `threads` callers.
double run_sessions(inlay_session_pool* pool, const Inputs& inputs, int32_t threads, double seconds) {
  std::atomic<int64_t> frames{0};
  std::atomic<bool> failed{false};
  const double begin = tools::now_us();
  std::vector<std::thread> callers;
  for (int32_t t = 0; t < threads; ++t) {
    callers.emplace_back([&] {
      for (int64_t mine = 0; mine < kLeastFrames || tools::now_us() - begin < seconds * 1e6; ++mine) {
        inlay_session* session = nullptr;
        if (inlay_session_pool_acquire(pool, &session, nullptr) != INLAY_OK) {
          failed = true;
          return;
        }
        inputs.write(session);
        if (inlay_session_run(session, nullptr) != INLAY_OK) failed = true;
        if (inlay_session_pool_release(pool, session, nullptr) != INLAY_OK || failed) return;
        ++frames;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  if (failed) throw tools::Error("a session of the pool failed");
  return static_cast<double>(frames) / (tools::now_us() - begin) * 1e6;
}

}  // namespace

void bench_sessions(const Options& options) {
  const tools::ModelPtr model = tools::open_model(options.model);
  const std::vector<inlay_device> devices = tools::find_devices(options.backend);
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.threads = options.threads;
  config.allow_inexact = options.allow_inexact ? 1 : 0;
  config.fast_math = tools::fast_math_bits(options.fast_math);
  config.devices = devices.data();
  config.device_count = static_cast<int32_t>(devices.size());
  inlay_error error{};
  inlay_session_pool* made = nullptr;
  tools::check(inlay_session_pool_create(model.get(), &config, options.sessions, options.sessions, &made, &error), error,
               "the session pool");
  const std::unique_ptr<inlay_session_pool, ClosePool> pool(made);
  const Inputs inputs(model.get());
  run_sessions(made, inputs, options.sessions, 0);  // warm
  const double one = run_sessions(made, inputs, 1, options.seconds);
  const double all = run_sessions(made, inputs, options.sessions, options.seconds);
  std::printf("1 session: %.1f frames/s; %d sessions at once: %.1f frames/s, %.2f times as many\n", one, options.sessions, all,
              all / one);
}

}  // namespace inlay::bench
