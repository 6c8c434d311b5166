// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/case_run.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "tools/inlay/handles.h"

namespace inlay::conformance {
namespace {

using tools::Error;

struct Deinit {
  void operator()(inlay_session* session) const { inlay_session_deinit(session); }
};

std::string shape_text(const int32_t* dims, size_t rank) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i) text += (i > 0 ? "," : "") + std::to_string(dims[i]);
  return text + "]";
}

/// The variant asked for, of each node that has so many; empty: none is asked for.
std::vector<uint8_t> variants_of(const CaseModel& model, const Device& device) {
  const inlay_backend* backend = device.device.backend;
  if (device.variant == 0 || !INLAY_OFFERS(backend, variants)) return {};
  std::vector<uint8_t> out;
  for (int32_t n = 0; n < model.graph().node_count; ++n) {
    const inlay_segment segment = tools::lone_segment(model.get(), 0, n, 1);
    const inlay_node* node = &model.graph().nodes[n];
    const bool takes = backend->reject(device.device.index, &segment, node) == nullptr;
    const bool has = takes && backend->variants(device.device.index, &segment, node) >= device.variant;
    out.push_back(static_cast<uint8_t>(has ? device.variant : 0));
  }
  return out;
}

/// A session of a case in blocks of exactly the measured sizes.
class CaseSession {
 public:
  CaseSession(const CaseModel& model, const StoredCase& stored, const Device& device) : model_(model.get()), stored_(stored) {
    const inlay_device devices[] = {device.device, {&inlay_backend_builtin, 0}};
    inlay_config config = {};
    config.struct_size = sizeof(config);
    config.devices = devices;
    config.device_count = device.takes_all ? 1 : 2;
    config.ops = inlay_default_ops();
    config.allow_inexact = device.allow_inexact ? 1 : 0;
    config.fast_math = device.fast_math;
    config.pool = device.pool;
    const std::vector<uint8_t> variants = variants_of(model, device);
    config.variants = variants.empty() ? nullptr : variants.data();
    config.placement_count = static_cast<int32_t>(variants.size());
    inlay_arena arena = {};
    inlay_error error = {};
    tools::check(inlay_session_measure(model_, &config, &arena, &error), error, "measuring the session");
    for (inlay_block* block : {&arena.persistent, &arena.planned, &arena.scratch}) {
      blocks_.emplace_back(block->bytes);
      *block = blocks_.back().block();
    }
    inlay_session* session = nullptr;
    tools::check(inlay_session_init(model_, &config, &arena, &session, &error), error, "preparing the session");
    session_.reset(session);
    check_sizes();
  }

  inlay_session* get() const { return session_.get(); }
  int32_t inputs() const { return inlay_model_input_count(model_); }
  int32_t outputs() const { return inlay_model_output_count(model_); }
  inlay_tensor_info input(int32_t i) const { return tools::input_info(model_, i); }
  inlay_tensor_info output(int32_t i) const { return tools::output_info(model_, i); }
  const uint8_t* stored_input(int step, int32_t i) const {
    return stored_.in.data() + step * in_bytes_ + in_offsets_[static_cast<size_t>(i)];
  }
  const uint8_t* expected(int step, int32_t i) const {
    return stored_.out.data() + step * out_bytes_ + out_offsets_[static_cast<size_t>(i)];
  }

  void run(int step) const {
    inlay_error error = {};
    tools::check(inlay_session_run(get(), &error), error, "run " + std::to_string(step));
  }
  void write_inputs(int step) const {
    for (int32_t i = 0; i < inputs(); ++i) copy(inlay_session_input(get(), i), stored_input(step, i), input(i).bytes);
  }
  static void copy(void* to, const void* from, size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }

 private:
  /// The model's inputs and outputs are those that the data was made for.
  void check_sizes() {
    if (static_cast<size_t>(outputs()) != stored_.shapes.size())
      throw Error("the model has " + std::to_string(outputs()) + " outputs");
    for (int32_t i = 0; i < inputs(); ++i) {
      in_offsets_.push_back(in_bytes_);
      in_bytes_ += input(i).bytes;
    }
    for (int32_t i = 0; i < outputs(); ++i) {
      const inlay_tensor_info info = output(i);
      const std::vector<int32_t>& want = stored_.shapes[static_cast<size_t>(i)];
      if (static_cast<size_t>(info.rank) != want.size() || !std::equal(want.begin(), want.end(), info.dims)) {
        throw Error("output " + std::to_string(i) + " has the shape " + shape_text(info.dims, static_cast<size_t>(info.rank)) +
                    ", expected " + shape_text(want.data(), want.size()));
      }
      out_offsets_.push_back(out_bytes_);
      out_bytes_ += info.bytes;
    }
    const auto steps = static_cast<size_t>(stored_.steps);
    if (stored_.in.size() != steps * in_bytes_ || stored_.out.size() != steps * out_bytes_) {
      throw Error("the stored values have another size than the model's inputs and outputs");
    }
  }

  const inlay_model* model_;
  const StoredCase& stored_;
  std::vector<Block> blocks_;
  std::unique_ptr<inlay_session, Deinit> session_;
  std::vector<size_t> in_offsets_, out_offsets_;
  size_t in_bytes_ = 0, out_bytes_ = 0;
};

/// Inputs and outputs in the arena. Returns the bytes of every output of every step.
std::vector<tools::Bytes> run_planned(const CaseSession& s, const StoredCase& stored, bool halves, Outcome* outcome) {
  std::vector<tools::Bytes> results;
  for (int step = 0; step < stored.steps; ++step) {
    s.write_inputs(step);
    s.run(step);
    for (int32_t i = 0; i < s.outputs(); ++i) {
      const inlay_tensor_info info = s.output(i);
      const auto* got = static_cast<const uint8_t*>(inlay_session_output(s.get(), i));
      results.emplace_back(got, got + info.bytes);
      outcome->differences.push_back(compare(info, got, s.expected(step, i), stored.tolerance, halves));
      const std::string& failure = outcome->differences.back().failure;
      if (failure.empty() || !outcome->failure.empty()) continue;
      outcome->failure =
          (stored.steps > 1 ? "step " + std::to_string(step) + ", " : "") + "output " + std::to_string(i) + ": " + failure;
    }
  }
  return results;
}

/// Inputs and outputs in the caller's buffers: the same bits, from the same initial state.
void run_bound(const CaseSession& s, const StoredCase& stored, const std::vector<tools::Bytes>& planned) {
  inlay_error error = {};
  tools::check(inlay_session_reset(s.get(), &error), error, "resetting the session");
  std::vector<Block> ins, outs;
  for (int32_t i = 0; i < s.inputs(); ++i) {
    ins.emplace_back(s.input(i).bytes);
    tools::check(inlay_session_bind_input(s.get(), i, ins.back().data(), s.input(i).bytes, &error), error, "binding an input");
  }
  std::vector<const uint8_t*> where;
  for (int32_t i = 0; i < s.outputs(); ++i) {
    outs.emplace_back(s.output(i).bytes);
    const inlay_status status = inlay_session_bind_output(s.get(), i, outs.back().data(), s.output(i).bytes, &error);
    if (status != INLAY_STATUS_UNSUPPORTED) tools::check(status, error, "binding an output");
    where.push_back(status == INLAY_OK ? outs.back().data() : nullptr);
  }
  size_t next = 0;
  for (int step = 0; step < stored.steps; ++step) {
    for (int32_t i = 0; i < s.inputs(); ++i)
      CaseSession::copy(ins[static_cast<size_t>(i)].data(), s.stored_input(step, i), s.input(i).bytes);
    s.run(step);
    for (int32_t i = 0; i < s.inputs(); ++i) {
      if (s.input(i).bytes > 0 &&
          std::memcmp(ins[static_cast<size_t>(i)].data(), s.stored_input(step, i), s.input(i).bytes) != 0) {
        throw Error("run changes the caller's input " + std::to_string(i));
      }
    }
    for (int32_t i = 0; i < s.outputs(); ++i) {
      const tools::Bytes& want = planned[next++];
      const void* got = where[static_cast<size_t>(i)];
      if (got == nullptr) got = inlay_session_output(s.get(), i);
      if (!want.empty() && std::memcmp(got, want.data(), want.size()) != 0) {
        throw Error("output " + std::to_string(i) + " differs when the caller binds its buffers");
      }
    }
  }
}

}  // namespace

Outcome run_case(const CaseModel& model, const StoredCase& stored, const Device& device) {
  Outcome outcome;
  try {
    const CaseSession session(model, stored, device);
    const bool halves = (device.fast_math & INLAY_FAST_MATH_FP16) != 0;
    outcome.outputs = run_planned(session, stored, halves, &outcome);
    if (device.pool != nullptr) {
      Device alone = device;
      alone.pool = nullptr;
      Outcome ignored;
      if (run_planned(CaseSession(model, stored, alone), stored, halves, &ignored) != outcome.outputs) {
        throw Error("threads change the result");
      }
    }
    if (outcome.failure.empty()) run_bound(session, stored, outcome.outputs);
  } catch (const Error& error) {
    outcome.failure = error.what();
  }
  return outcome;
}

double time_case(const CaseModel& model, const StoredCase& stored, const Device& device) {
  using Clock = std::chrono::steady_clock;
  constexpr size_t kRuns = 201;
  constexpr std::chrono::milliseconds kLongest(200);
  const CaseSession session(model, stored, device);
  std::vector<double> times;
  const Clock::time_point start = Clock::now();
  while (times.size() < kRuns && (times.size() < 3 || Clock::now() - start < kLongest)) {
    session.write_inputs(0);
    const Clock::time_point begin = Clock::now();
    session.run(0);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace inlay::conformance
