// SPDX-License-Identifier: Apache-2.0
// The family of functions of one value: an op's file names its function and the dtypes, prepare and eval are here. 8 bit goes
// through a table of 256 entries, int16 through one of 513 with interpolation, unless the op says otherwise.
#pragma once
#include "kernels/elementwise_twins.h"
#include "kernels/table.h"
#include "ops/op_util.h"

namespace inlay {

enum class Int16Form : uint8_t {
  kTable,     ///< 513 entries of `real`
  kDirect,    ///< `quantized` on each element
  kLogistic,  ///< kernels/sigmoid16.h; the output's scale is 1/32768
  kTanh
};

struct UnaryOp {
  uint32_t dtypes;             ///< what input and output may be
  kernels::RealFunction real;  ///< tables; NULL when `quantized` makes them
  kernels::QuantFunction quantized;
  void (*f32)(int64_t count, float param, const float* in, float* out);
  bool has_param = false;  ///< reads `alpha` of inlay_scalars
  Int16Form int16 = Int16Form::kTable;
  void (*s32)(int64_t count, const int32_t* in, int32_t* out) = nullptr;
  void (*s64)(int64_t count, const int64_t* in, int64_t* out) = nullptr;
};

struct UnaryData {
  int64_t count;
  kernels::UnaryQuant quant;
  Rel<uint8_t> table;  ///< 8 bit: 256 bytes; int16: the form's own
  int32_t multiplier, shift;       ///< kLogistic, kTanh
};

/// Lets eval have the twin of table8 for this CPU; false: there is none.
bool choose_table_twin(const Prepare& p);
/// table8 by the twin that prepare has chosen, or without one.
void table8_of(const Eval& e, const void* table, int64_t count, const uint8_t* in, uint8_t* out);

inlay_status prepare_unary(inlay_prepare* raw, const UnaryOp& op);
inlay_status eval_unary(const inlay_eval* raw, const UnaryOp& op);

/// f32 of a UnaryOp from a function of one float.
template <float (*F)(float)>
void each_f32(int64_t count, float, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = F(in[i]);
}
/// `real` of a UnaryOp from a function of one double.
template <double (*F)(double)>
double each_f64(double x, double) {
  return F(x);
}

constexpr uint32_t kUnaryQuant = kQuant8 | dtype_bit(INLAY_INT16);
constexpr uint32_t kUnaryFloat = kFloat | kUnaryQuant;

}  // namespace inlay

/// The op's object from `description`, a UnaryOp of the file.
#define INLAY_DEFINE_UNARY(name, KIND, description)                                    \
  namespace {                                                                          \
  inlay_status prepare(inlay_prepare* raw) { return prepare_unary(raw, description); } \
  inlay_status eval(const inlay_eval* raw) { return eval_unary(raw, description); }    \
  }                                                                                    \
  INLAY_DEFINE_OP(name, KIND, INPLACE, sizeof(UnaryData), prepare, eval)
