// SPDX-License-Identifier: Apache-2.0
// Frames of an adaptive session: timed, and between them what was planned is tried, taken or given up.
#include <string.h>

#include <algorithm>

#include "core/error.h"
#include "platform/adapt.h"

namespace inlay {
namespace {

/// Factors that differ by less are those that were judged.
constexpr float kSameFactor = 0.03f;

double to_us(float nanos) { return static_cast<double>(nanos) / 1000; }
double to_us(Nanos nanos) { return static_cast<double>(nanos) / 1000; }

void tell(const inlay_adaptive& a, inlay_adaptive_event_kind kind, const Judgement& judgement, const int32_t* plan, float before,
          float measured, const char* sentence) {
  if (a.config.told == nullptr) return;
  const int32_t to_stored = plan != nullptr && a.plans.is_stored(plan) ? 1 : 0;
  const inlay_adaptive_event event = {kind,           judgement.moved,       to_stored,       a.info.frames,
                                      to_us(before), to_us(judgement.best), to_us(measured), sentence};
  a.config.told(a.config.user, &event);
}

/// What variables hold goes from one session to another.
void carry_state(const inlay_model* model, inlay_session* from, inlay_session* to) {
  for (int32_t i = 0; i < inlay_model_variable_count(model); ++i) {
    inlay_block source = {}, target = {};
    const bool there =
        inlay_session_variable(from, i, &source) == INLAY_OK && inlay_session_variable(to, i, &target) == INLAY_OK;
    if (there && source.bytes != 0) memcpy(target.data, source.data, source.bytes);
  }
}

/// One run; its ops are added up by `monitor`, NULL: nobody.
inlay_status run_slot(inlay_adaptive* a, const AdaptSlot& slot, OpMonitor* monitor, float* took, inlay_error* error) {
  a->watched = &slot;
  a->monitor = monitor;
  if (monitor != nullptr) monitor->begin_frame();
  INLAY_TRY(inlay_session_observe(slot.session, monitor != nullptr ? &a->observer : nullptr));
  const uint64_t begin = a->config.now(a->config.user);
  INLAY_TRY(inlay_session_run(slot.session, error));
  const uint64_t end = a->config.now(a->config.user);
  if (monitor != nullptr) monitor->end_frame();
  *took = end > begin ? static_cast<float>(end - begin) : 0;
  ++a->info.frames;
  a->info.watched += monitor != nullptr ? 1 : 0;
  return INLAY_OK;
}

void start_trial(inlay_adaptive* a) {
  AdaptTrial& trial = a->trial;
  trial.on = true;
  trial.warm = false;
  trial.hoped = a->job.hoped;
  trial.before = a->frames.median();
  trial.judgement = a->job.judgement;
  trial.frames.clear();
  trial.ops.clear();
  ++a->info.trials;
  tell(*a, INLAY_ADAPTIVE_TRIED, trial.judgement, a->spare().plan.data(), trial.before, 0, "");
}

void give_up(inlay_adaptive* a, const Judgement& judgement, bool hoped, const char* sentence) {
  a->policy.rejected(a->info.frames, hoped);
  ++a->info.failed;
  tell(*a, INLAY_ADAPTIVE_FAILED, judgement, nullptr, a->frames.median(), 0, sentence);
}

/// What was planned and prepared meanwhile.
void take_answer(inlay_adaptive* a) {
  AdaptJob& job = a->job;
  if (job.state.load() != AdaptJob::kAnswered) return;
  ++a->info.plans;
  inlay_error error = job.error;
  inlay_status status = job.status;
  if (job.judgement.running > 0 && !job.hoped) a->info.expected_us = to_us(job.judgement.running);
  if (status == INLAY_OK && job.prepared) status = bind_all(*a, a->spare(), &error);
  if (status != INLAY_OK) {
    give_up(a, job.judgement, job.hoped, error.text);
  } else if (job.hoped) {
    if (!job.judgement.better) a->policy.hoped_in_vain(a->info.frames);
  } else {
    a->policy.vote(job.judgement.better);
    if (!job.judgement.better) std::copy(job.factors, job.factors + kMostProcessors, a->judged);
  }
  job.state.store(AdaptJob::kIdle);
  if (status == INLAY_OK && job.prepared) start_trial(a);
}

/// Sets the factors of processors that are slow as far as is known, and run nothing now, to 1; false: there are none.
bool hope(const inlay_adaptive& a, float* factors) {
  bool used[kMostProcessors] = {};
  const int32_t* plan = a.slots[a.running].plan.data();
  for (int32_t n = 0; n < a.plans.nodes(); ++n) {
    Nanos cost = 0;
    const int32_t p = a.plans.processor_of(plan, n, &cost);
    if (p >= 0) used[p] = true;
  }
  bool any = false;
  for (int32_t p = 0; p < a.plans.processors(); ++p) {
    if (used[p] || factors[p] <= 1 + a.config.margin) continue;
    factors[p] = 1;
    any = true;
  }
  return any;
}

bool judged_already(const inlay_adaptive& a) {
  for (int32_t p = 0; p < a.plans.processors(); ++p) {
    const float low = std::min(a.factors[p], a.judged[p]), high = std::max(a.factors[p], a.judged[p]);
    if (low * (1 + kSameFactor) < high) return false;
  }
  return true;
}

/// Hands over the factors as they are known, or, `hoped`, as they would be at best; false: then there is nothing to hope for.
bool ask(inlay_adaptive* a, bool hoped) {
  AdaptJob& job = a->job;
  std::copy(a->factors, a->factors + kMostProcessors, job.factors);
  if (hoped && !hope(*a, job.factors)) return false;
  job.hoped = hoped;
  job.may_prepare = hoped || a->policy.ripe(a->info.frames);
  ask_adapt_worker(a);
  return true;
}

/// A window of watched frames is full.
void estimate(inlay_adaptive* a) {
  a->ops.factors(a->factors);
  a->ops.clear();
  a->alarmed = false;
  a->alarm.set(a->frames.median());
  const bool may_ask = a->job.state.load() == AdaptJob::kIdle && a->policy.rested(a->info.frames);
  if (may_ask && (a->policy.undecided() || !judged_already(*a))) ask(a, false);
}

/// A processor that runs nothing tells nothing: now and then it is thought well of, and tried.
void hope_again(inlay_adaptive* a) {
  const bool may_ask = a->job.state.load() == AdaptJob::kIdle && !a->policy.undecided() && a->policy.may_hope(a->info.frames);
  if (may_ask && !ask(a, true)) a->policy.wait_to_hope(a->info.frames);
}

void end_trial(inlay_adaptive* a) {
  AdaptTrial& trial = a->trial;
  const float measured = trial.frames.median();
  trial.on = false;
  trial.ops.factors(a->factors);
  a->ops.clear();
  std::fill(a->judged, a->judged + kMostProcessors, 0.0f);
  const bool faster = measured * (1 + a->config.margin / 2) <= trial.before;
  const int32_t* plan = a->spare().plan.data();
  if (faster) {
    a->running = 1 - a->running;
    a->frames.clear();
    a->alarm.set(measured);
    a->alarmed = false;
    a->info.expected_us = to_us(trial.judgement.best);
    ++a->info.switches;
    a->policy.switched(a->info.frames);
  } else {
    ++a->info.rejected;
    a->policy.rejected(a->info.frames, trial.hoped);
  }
  tell(*a, faster ? INLAY_ADAPTIVE_SWITCHED : INLAY_ADAPTIVE_REJECTED, trial.judgement, plan, trial.before, measured, "");
}

/// A frame by the placement on trial. False: it failed, and its trial is over.
bool run_trial(inlay_adaptive* a) {
  AdaptTrial& trial = a->trial;
  inlay_session* const usual = a->current().session;
  inlay_session* const other = a->spare().session;
  inlay_error error = {};
  float took = 0;
  carry_state(a->model, usual, other);
  if (run_slot(a, a->spare(), trial.warm ? &trial.ops : nullptr, &took, &error) != INLAY_OK) {
    trial.on = false;
    a->spare().sound = false;
    give_up(a, trial.judgement, trial.hoped, error.text);
    return false;
  }
  carry_state(a->model, other, usual);  // so that a failure, or a rejection, finds it there
  if (trial.warm) trial.frames.put(took, a->config.trial);
  trial.warm = true;
  if (trial.frames.count() >= a->config.trial) end_trial(a);
  return true;
}

inlay_status run_usual(inlay_adaptive* a, inlay_error* error) {
  const bool first = a->info.frames == 0;  // it warms up
  const bool deciding = a->policy.undecided() && a->policy.rested(a->info.frames);
  const bool watch = !first && (a->alarmed || deciding || a->info.frames % static_cast<uint64_t>(a->config.watch_every) == 0);
  float took = 0;
  INLAY_TRY(run_slot(a, a->current(), watch ? &a->ops : nullptr, &took, error));
  if (first) return INLAY_OK;
  a->frames.put(took, a->config.window);
  if (a->alarm.frame(took, a->config.margin) && !a->alarmed) {
    a->alarmed = true;
    a->ops.clear();
  }
  if (a->ops.full()) estimate(a);
  hope_again(a);
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" inlay_status inlay_adaptive_run(inlay_adaptive* adaptive, inlay_error* error) {
  if (adaptive == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "adaptive is NULL");
  if (!adaptive->trial.on) inlay::take_answer(adaptive);
  if (adaptive->trial.on && inlay::run_trial(adaptive)) return INLAY_OK;
  return inlay::run_usual(adaptive, error);
}
