// SPDX-License-Identifier: Apache-2.0
// Two sessions of one model: the one that runs, and the one that is prepared, tried, or kept to come back to.
#pragma once
#include <pthread.h>

#include <atomic>

#include "inlay/adaptive.h"
#include "platform/adapt_monitor.h"

namespace inlay {

/// A session and the placement it was made by.
struct AdaptSlot {
  inlay_session* session = nullptr;
  bool sound = false;  // it may run; false: there is none, or it has failed
  HeapArray<int32_t> plan;
};

/// What is planned and prepared off the hot path. Whoever sets `state` hands the rest over to the other side.
struct AdaptJob {
  enum State : int32_t { kIdle, kAsked, kWorking, kAnswered };
  std::atomic<int32_t> state{kIdle};
  // asked
  float factors[kMostProcessors] = {};
  bool hoped = false, may_prepare = false;
  // answered
  inlay_status status = INLAY_OK;
  inlay_error error = {};
  Judgement judgement = {};
  bool prepared = false;
};

/// Memory of the caller, or ours, for an input or output.
struct AdaptBinding {
  void* own;
  void* data;
  size_t bytes;
};

/// A trial that goes on.
struct AdaptTrial {
  bool on = false, hoped = false, warm = false;
  float before = 0;  // nanoseconds of a frame
  Judgement judgement = {};
  Recent frames;
  OpMonitor ops;
};

}  // namespace inlay

struct inlay_adaptive {
  const inlay_model* model = nullptr;
  inlay_adaptive_config config = {};
  inlay_config session_config = {};
  inlay_observer observer = {};
  inlay::AdaptPlans plans;
  inlay::AdaptSlot slots[2];
  int32_t running = 0;  // which slot; the other one belongs to the job unless that is idle
  inlay::HeapArray<inlay::AdaptBinding> inputs, outputs;

  inlay::Recent frames;
  inlay::FrameAlarm alarm;
  inlay::OpMonitor ops;
  inlay::AdaptPolicy policy;
  bool alarmed = true;  // ops of every frame are timed, until the window is full
  float factors[inlay::kMostProcessors] = {};
  float judged[inlay::kMostProcessors] = {};  // the factors of the last answer that asked for nothing else; 0: none
  inlay::AdaptTrial trial;
  const inlay::AdaptSlot* watched = nullptr;  // whose ops the observer is told of
  inlay::OpMonitor* monitor = nullptr;        // and who adds them up
  inlay_adaptive_info info = {};

  inlay::AdaptJob job;
  inlay::HeapArray<int32_t> candidate;  // the job's
  bool has_thread = false, stop = false;
  pthread_t thread = {};
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t asked = PTHREAD_COND_INITIALIZER;

  inlay::AdaptSlot& current() { return slots[running]; }
  inlay::AdaptSlot& spare() { return slots[1 - running]; }
};

namespace inlay {

/// Makes a session by the slot's plan. Its inputs and outputs are not bound yet.
inlay_status make_adapt_session(const inlay_adaptive& a, AdaptSlot* slot, inlay_error* error);
/// Binds all inputs and outputs of a slot's session.
inlay_status bind_all(const inlay_adaptive& a, const AdaptSlot& slot, inlay_error* error);

/// Starts the thread, unless the program calls steps.
inlay_status start_adapt_worker(inlay_adaptive* a, inlay_error* error);
void stop_adapt_worker(inlay_adaptive* a);
/// Hands the job over.
void ask_adapt_worker(inlay_adaptive* a);

}  // namespace inlay
