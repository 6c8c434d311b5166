// SPDX-License-Identifier: Apache-2.0
// SVDF: inputs x [batch, in], feature weights [filters, in], time weights [filters, memory], bias [units] or left out, state
// [batch, filters * memory] (a variable). filters = units * rank. float32, float32 with int8 weights, or int8 with a state
// and time weights of int16 (or both int8).
#include "kernels/svdf.h"

#include "ops/quant_rules_util.h"
#include "ops/recurrent_util.h"

namespace inlay {
namespace {

enum { kInput, kFeatures, kTimes, kBias, kState, kInputs };

union Data {
  kernels::FloatSvdfMath real;
  kernels::IntegerSvdfMath integer;
};

inlay_status prepare_shape(const Prepare& p, const inlay_recurrent& r, kernels::SvdfShape* out) {
  const inlay_tensor* x = p.input(kInput);
  const inlay_tensor* features = p.input(kFeatures);
  const inlay_tensor* times = p.input(kTimes);
  INLAY_TRY(p.rank(x, 2, 2, "input"));
  INLAY_TRY(p.rank(features, 2, 2, "feature weights"));
  INLAY_TRY(p.rank(times, 2, 2, "time weights"));
  const int32_t filters = features->dims[0], memory = times->dims[1];
  if (r.rank < 1 || filters < 1 || filters % r.rank != 0) return p.fail("the rank does not divide the filters");
  if (memory < 1 || x->dims[1] < 1 || int64_t{filters} * memory > INT32_MAX) return p.fail("its shapes are empty or too large");
  *out = {x->dims[0], x->dims[1], filters / r.rank, r.rank, memory};
  return INLAY_OK;
}

inlay_status prepare_float(const Prepare& p, const inlay_recurrent& r, const kernels::SvdfShape& s, kernels::FloatSvdfMath* out) {
  const uint32_t dtype = p.input(kFeatures)->dtype;
  const int32_t filters = s.units * s.rank;
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(weights_input(p, kFeatures, dtype, filters, s.in, "feature weights", &out->feature_scale));
  INLAY_TRY(weights_input(p, kTimes, dtype, filters, s.memory, "time weights", &out->time_scale));
  if (p.input(kBias) != nullptr) INLAY_TRY(weights_input(p, kBias, INLAY_FLOAT32, s.units, 0, "biases", nullptr));
  INLAY_TRY(state_input(p, kState, INLAY_FLOAT32, s.batch, filters * s.memory, "the state"));
  if (p.node().activation > INLAY_ACT_TANH) return p.fail("unknown activation");
  out->shape = s;
  out->activation = p.node().activation;
  out->asymmetric = r.asymmetric;
  if (dtype == INLAY_INT8) p.scratch(static_cast<size_t>(s.in));
  return INLAY_OK;
}

inlay_status prepare_integer(const Prepare& p, const kernels::SvdfShape& s, kernels::IntegerSvdfMath* out) {
  const inlay_tensor* x = p.input(kInput);
  const inlay_tensor* y = p.output(0);
  const inlay_tensor* state = p.input(kState);
  const int32_t filters = s.units * s.rank;
  const uint32_t memory_dtype = p.input(kTimes)->dtype;
  INLAY_TRY(p.dtype(y, dtype_bit(INLAY_INT8), "output"));
  INLAY_TRY(p.dtype(p.input(kTimes), dtype_bit(INLAY_INT8) | dtype_bit(INLAY_INT16), "time weights"));
  float feature_scale = 0.0f, time_scale = 0.0f;
  INLAY_TRY(weights_input(p, kFeatures, INLAY_INT8, filters, s.in, "feature weights", &feature_scale));
  INLAY_TRY(weights_input(p, kTimes, memory_dtype, filters, s.memory, "time weights", &time_scale));
  if (p.input(kBias) != nullptr) INLAY_TRY(weights_input(p, kBias, INLAY_INT32, s.units, 0, "biases", nullptr));
  INLAY_TRY(state_input(p, kState, memory_dtype, s.batch, filters * s.memory, "the state"));
  INLAY_TRY(p.per_tensor(x, "input"));
  INLAY_TRY(p.per_tensor(y, "output"));
  INLAY_TRY(p.per_tensor(state, "the state"));
  if (zero_point_of(state) != 0) return p.fail("the state needs a zero point of 0");
  // The integer op saturates at its dtype's ends only; with RELU the model places the zero point at the lower one.
  if (p.node().activation > INLAY_ACT_RELU) return p.fail("an integer SVDF takes no other activation than RELU");
  INLAY_TRY(scale_ratio(p, scale_of(x) * feature_scale, scale_of(state), &out->feature_scale));
  INLAY_TRY(scale_ratio(p, scale_of(state) * time_scale, scale_of(y), &out->time_scale));
  out->shape = s;
  out->input_zero = zero_point_of(x);
  out->output_zero = zero_point_of(y);
  out->range = dtype_range(INLAY_INT8);
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_recurrent* r = nullptr;
  kernels::SvdfShape s = {};
  INLAY_TRY(p.counts(kTimes + 1, kInputs, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_RECURRENT, &r));
  if (r->asymmetric < 0 || r->asymmetric > 1) return p.fail("options out of range");
  INLAY_TRY(prepare_shape(p, *r, &s));
  const inlay_tensor* x = p.input(kInput);
  INLAY_TRY(p.dtype(x, kFloat | dtype_bit(INLAY_INT8), "input"));
  INLAY_TRY(p.dtype(p.input(kFeatures), kFloat | dtype_bit(INLAY_INT8), "feature weights"));
  auto* data = p.data<Data>();
  if (x->dtype == INLAY_INT8) {
    INLAY_TRY(prepare_integer(p, s, &data->integer));
  } else {
    INLAY_TRY(prepare_float(p, *r, s, &data->real));
  }
  const int32_t dims[2] = {s.batch, s.units};
  return p.output_shape(0, 2, dims);
}

template <typename S>
void eval_integer(const Eval& e) {
  const kernels::IntegerSvdf svdf = {e.data<Data>()->integer, e.input<int8_t>(kFeatures), e.input<void>(kTimes),
                                     e.optional_input<int32_t>(kBias)};
  kernels::svdf_integer(svdf, e.input<int8_t>(kInput), state_of<S>(e, kState), e.output<int8_t>(0));
}

template <typename W>
void eval_float(const Eval& e) {
  const kernels::FloatSvdf<W> svdf = {e.data<Data>()->real, e.input<W>(kFeatures), e.input<W>(kTimes), e.optional_input<float>(kBias)};
  kernels::svdf_float(svdf, e.input<float>(kInput), state_of<float>(e, kState), e.output<float>(0), e.scratch<void>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const bool wide_state = e.input_tensor(kState)->dtype == INLAY_INT16;
  if (e.input_tensor(kInput)->dtype == INLAY_INT8) {
    wide_state ? eval_integer<int16_t>(e) : eval_integer<int8_t>(e);
  } else {
    e.input_tensor(kFeatures)->dtype == INLAY_FLOAT32 ? eval_float<float>(e) : eval_float<int8_t>(e);
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(svdf, SVDF, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
