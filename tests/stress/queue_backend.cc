// SPDX-License-Identifier: Apache-2.0
#include "stress/queue_backend.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "core/error.h"

namespace inlay::stress {
namespace {

struct Told {
  int32_t node;
  uint64_t begin, end;
};

struct Compiled {
  void* builtin;
  int32_t device, first;
  inlay_run run;
  const inlay_observer* observer;
  inlay_observer inner;
  std::vector<Told> told;
  inlay_status status;
  inlay_error error;
  std::mutex lock;
  std::condition_variable changed;
  bool done;
  bool busy;
};

void work(Compiled& c) {
  c.error = {};
  c.status = inlay_backend_builtin.execute(c.builtin, &c.run);
}

/// The thread of one device.
class Worker {
 public:
  ~Worker() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard<std::mutex> guard(lock_);
      stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  void add(Compiled* job) {
    const std::lock_guard<std::mutex> guard(lock_);
    if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
    jobs_.push_back(job);
    changed_.notify_one();
  }

 private:
  void loop() {
    for (;;) {
      std::unique_lock<std::mutex> guard(lock_);
      changed_.wait(guard, [this] { return stop_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Compiled* job = jobs_.front();
      jobs_.pop_front();
      guard.unlock();
      chance_ = chance_ * 1664525u + 1013904223u;
      if (chance_ >> 28 == 0) std::this_thread::yield();
      work(*job);
      const std::lock_guard<std::mutex> told(job->lock);
      job->done = true;
      job->changed.notify_all();  // sessions that share it may wait, too
    }
  }
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<Compiled*> jobs_;
  std::thread thread_;
  uint32_t chance_ = 1;
  bool stop_ = false;
};

Worker& worker(int32_t device) {
  static std::array<Worker, kQueueDevices> all;
  return all[static_cast<size_t>(device)];
}

void record(const char* what, int32_t node) {
  if (queue_world().record) queue_world().calls.push_back(what + (" " + std::to_string(node)));
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error*) {
  for (int32_t i = 0; i < kQueueDevices && i < capacity; ++i) out[i] = {};
  return kQueueDevices;
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  if (node->kind == INLAY_OP_IF || node->kind == INLAY_OP_WHILE) return "no control flow";
  return inlay_backend_builtin.reject(0, segment, node);
}

inlay_status measure(int32_t, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  return inlay_backend_builtin.measure(0, segment, need, error);
}

uint64_t inner_now(void* user) {
  const inlay_observer& real = *static_cast<Compiled*>(user)->observer;
  return real.now(real.user);
}
void inner_done(void* user, int32_t, int32_t node, uint64_t begin, uint64_t end) {
  static_cast<Compiled*>(user)->told.push_back({node, begin, end});
}

inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  auto c = std::make_unique<Compiled>();
  INLAY_TRY(inlay_backend_builtin.compile(0, segment, memory, &c->builtin, error));
  c->device = device;
  c->first = segment->first_node;
  c->busy = false;
  c->inner = {sizeof(c->inner), inner_now, inner_done, c.get()};
  *compiled = c.release();
  return INLAY_OK;
}

inlay_status submit(void* raw, const inlay_run* run) {
  auto& c = *static_cast<Compiled*>(raw);
  QueueWorld& world = queue_world();
  record("submit", c.first);
  if (world.fail_submit > 0 && --world.fail_submit == 0) {
    return INLAY_FAIL(run->error, BACKEND_FAILED, "queue %: submit failed at op %", c.device, c.first);
  }
  {
    std::unique_lock<std::mutex> guard(c.lock);
    c.changed.wait(guard, [&c] { return !c.busy; });  // shared by sessions: one run at a time
    c.busy = true;
    c.done = world.pace == Pace::kAtSubmit;
  }
  c.run = *run;
  c.run.error = &c.error;
  c.observer = run->observer;
  c.run.observer = run->observer != nullptr ? &c.inner : nullptr;
  c.told.clear();
  const int32_t now = ++world.in_flight;
  if (now > world.most_in_flight) world.most_in_flight = now;
  if (world.pace == Pace::kAtSubmit) work(c);
  if (world.pace == Pace::kThread) worker(c.device).add(&c);
  return INLAY_OK;
}

inlay_status finish(void* raw, inlay_error* error) {
  auto& c = *static_cast<Compiled*>(raw);
  QueueWorld& world = queue_world();
  record("finish", c.first);
  if (world.pace == Pace::kAtFinish) {
    work(c);
  } else {
    std::unique_lock<std::mutex> guard(c.lock);
    c.changed.wait(guard, [&c] { return c.done; });
  }
  for (const Told& t : c.told) c.observer->done(c.observer->user, c.run.graph_index, t.node, t.begin, t.end);
  inlay_status status = c.status;
  if (status != INLAY_OK && error != nullptr) *error = c.error;
  if ((world.fail_finish > 0 && --world.fail_finish == 0) || world.dead == c.device) {
    status = INLAY_FAIL(error, BACKEND_FAILED, "queue %: finish failed at op %", c.device, c.first);
  }
  --world.in_flight;
  const std::lock_guard<std::mutex> guard(c.lock);
  c.busy = false;
  c.changed.notify_all();
  return status;
}

inlay_status execute(void* raw, const inlay_run* run) {
  INLAY_TRY(submit(raw, run));
  return finish(raw, run->error);
}

int32_t lost(int32_t device) { return queue_world().dead == device ? 1 : 0; }

void release(void* raw) {
  auto* c = static_cast<Compiled*>(raw);
  inlay_backend_builtin.release(c->builtin);
  delete c;
}

struct Recorded {
  void* builtin;
  int32_t first;
};

inlay_status compile_recorded(int32_t, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  auto c = std::make_unique<Recorded>(Recorded{nullptr, segment->first_node});
  INLAY_TRY(inlay_backend_builtin.compile(0, segment, memory, &c->builtin, error));
  *compiled = c.release();
  return INLAY_OK;
}

inlay_status execute_recorded(void* raw, const inlay_run* run) {
  const auto& c = *static_cast<Recorded*>(raw);
  record("execute", c.first);
  return inlay_backend_builtin.execute(c.builtin, run);
}

void release_recorded(void* raw) {
  inlay_backend_builtin.release(static_cast<Recorded*>(raw)->builtin);
  delete static_cast<Recorded*>(raw);
}

}  // namespace

QueueWorld& queue_world() {
  static QueueWorld world;
  return world;
}

const inlay_backend queue_backend = {INLAY_BACKEND_ABI_VERSION,
                                     sizeof(inlay_backend),
                                     "queue",
                                     INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE,
                                     probe,
                                     reject,
                                     measure,
                                     compile,
                                     execute,
                                     release,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     submit,
                                     finish,
                                     lost};

const inlay_backend recorded_backend = {INLAY_BACKEND_ABI_VERSION,
                                        sizeof(inlay_backend),
                                        "recorded",
                                        INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE,
                                        probe,
                                        reject,
                                        measure,
                                        compile_recorded,
                                        execute_recorded,
                                        release_recorded,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        INLAY_BACKEND_WORKS_AT_ONCE};

}  // namespace inlay::stress
