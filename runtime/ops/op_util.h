// SPDX-License-Identifier: Apache-2.0
// What the prepare functions of ops share. Every check of an op lives in prepare; eval is blind.
#pragma once
#include <type_traits>

#include "core/error.h"
#include "core/gaps.h"
#include "core/quant.h"
#include "core/rel.h"
#include "core/tensor.h"
#include "inlay/op.h"

namespace inlay {

/// A set of dtypes as a bit mask: dtype_bit(INLAY_INT8) | dtype_bit(INLAY_FLOAT32).
constexpr uint32_t dtype_bit(uint32_t dtype) { return 1u << dtype; }
constexpr uint32_t kFloat = dtype_bit(INLAY_FLOAT32);
constexpr uint32_t kQuant8 = dtype_bit(INLAY_INT8) | dtype_bit(INLAY_UINT8);
constexpr uint32_t kAnyDtype = 0xffffffffu & ~1u;

/// Tensor of input `i`, or NULL when it is left out or absent.
inline const inlay_tensor* input_of(const inlay_graph* graph, const inlay_node* node, int i) {
  if (i >= node->input_count || node->inputs[i] < 0) return nullptr;
  return &graph->tensors[node->inputs[i]];
}

/// prepare's view of a node. All methods that fail write a sentence naming the op.
class Prepare {
 public:
  explicit Prepare(inlay_prepare* raw) : raw_(raw) {}

  /// Input `i`, NULL when left out.
  const inlay_tensor* input(int i) const { return input_of(raw_->graph, raw_->node, i); }
  /// Output `i`; while inferring, its dims are not yet meaningful.
  const inlay_tensor* output(int i) const { return &raw_->graph->tensors[raw_->node->outputs[i]]; }
  const inlay_node& node() const { return *raw_->node; }
  bool measuring() const { return (raw_->flags & INLAY_PREPARE_MEASURE) != 0; }
  bool inferring() const { return (raw_->flags & INLAY_PREPARE_INFER) != 0; }
  bool reference_only() const { return (raw_->flags & INLAY_PREPARE_REFERENCE) != 0; }
  /// INLAY_CPU_* bits that kernels may use.
  uint32_t cpu() const { return reference_only() ? 0 : raw_->cpu; }
  /// Hands a twin of this level to eval, if there is one.
  void uses(const void* twin, uint32_t level) const {
    raw_->twin = twin;
    raw_->cpu_used = twin != nullptr ? level : 0;
  }
  /// Tells that eval does not read input `i`.
  void leaves(int i) const { raw_->unread |= 1u << i; }
  /// Tells that eval does not read the quantization of input `i`.
  void leaves_quant(int i) const { raw_->unread_quant |= 1u << i; }
  /// Lets `eval` compute this node instead of the op's own, which knows every dtype: a firmware links it alone. INLAY_EVAL names both.
  void eval_by(inlay_status (*eval)(const inlay_eval*), const char* symbol) const {
    raw_->eval = eval;
    raw_->eval_symbol = symbol;
  }
  /// How many threads eval may meet, at least 1.
  int32_t threads() const { return raw_->threads > 1 ? raw_->threads : 1; }
  const inlay_pool* pool() const { return raw_->pool; }
  inlay_error* error() const { return raw_->error; }
  /// The graph a node calls, NULL for a bad index.
  const inlay_graph* callee(int32_t index) const { return raw_->callee(raw_, index); }

  /// The op's own data, zeroed at the start.
  template <typename T>
  T* data() const {
    if constexpr (!std::is_void_v<T>) {
      static_assert(sizeof(T) <= INLAY_OP_DATA_MAX, "op data too large");
      static_assert(has_no_gaps<T>, "op data has bytes that no member fills: put one there, or change their order");
    }
    return static_cast<T*>(raw_->data);
  }
  /// `count` elements that live as long as the session; NULL while measuring. A number that fits no size fits no block either.
  template <typename T>
  T* allocate(size_t count) const {
    static_assert(has_no_gaps<T>, "what an op keeps has bytes that no member fills");
    size_t bytes = 0;
    if (!checked_mul(count, sizeof(T), &bytes)) bytes = SIZE_MAX;
    return static_cast<T*>(raw_->allocate(raw_, bytes));
  }
  /// Books scratch memory for eval.
  void scratch(size_t bytes) const { raw_->scratch_bytes = bytes; }

  /// min..max inputs and exactly `outputs` outputs, and the first `min` inputs present.
  inlay_status counts(int min_inputs, int max_inputs, int outputs) const;
  /// The params struct, or a failure when the node carries another type.
  template <typename T>
  inlay_status params(inlay_params_type type, const T** out) const {
    if (raw_->node->params_type != type) return fail("options of the wrong type");
    *out = static_cast<const T*>(raw_->node->params);
    return INLAY_OK;
  }
  /// t's dtype is one of `mask`. `what` names the tensor: "input", "weights".
  inlay_status dtype(const inlay_tensor* t, uint32_t mask, const char* what) const;
  inlay_status rank(const inlay_tensor* t, int min, int max, const char* what) const;
  /// t carries one positive finite scale, and a zero point inside its dtype's range.
  inlay_status per_tensor(const inlay_tensor* t, const char* what) const;
  /// t carries one scale, or one per index of `axis`, positive and finite, with zero points inside the range.
  inlay_status per_channel(const inlay_tensor* t, int axis, const char* what) const;
  /// t is a constant of the model.
  inlay_status constant(const inlay_tensor* t, const char* what) const;
  /// Checks or sets the shape of output `index`.
  inlay_status output_shape(int index, int32_t rank, const int32_t* dims) const {
    return raw_->output_shape(raw_, index, rank, dims);
  }
  /// Output `index` has the shape of `t`.
  inlay_status output_like(int index, const inlay_tensor* t) const { return output_shape(index, t->rank, t->dims); }
  /// The node has no fused activation: an op that applies none must not pass over it.
  inlay_status no_activation() const;
  /// The node's fused activation is none or a clamp this op applies.
  inlay_status clamp_activation() const;

  /// OP_INVALID with "<OP> <node name>: <what>". Returns the status.
  inlay_status fail(const char* what) const;

 private:
  inlay_prepare* raw_;
};

/// eval's view of a node: pointers only.
class Eval {
 public:
  explicit Eval(const inlay_eval* raw) : raw_(raw) {}
  template <typename T>
  const T* input(int i) const {
    return static_cast<const T*>(raw_->tensors[raw_->node->inputs[i]]);
  }
  /// NULL when input `i` is left out.
  template <typename T>
  const T* optional_input(int i) const {
    return i < raw_->node->input_count && raw_->node->inputs[i] >= 0 ? input<T>(i) : nullptr;
  }
  template <typename T>
  T* output(int i) const {
    return static_cast<T*>(raw_->tensors[raw_->node->outputs[i]]);
  }
  const inlay_tensor* input_tensor(int i) const { return input_of(raw_->graph, raw_->node, i); }
  const inlay_tensor* output_tensor(int i) const { return &raw_->graph->tensors[raw_->node->outputs[i]]; }
  template <typename T>
  const T* data() const {
    return static_cast<const T*>(raw_->data);
  }
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(raw_->scratch);
  }
  /// What prepare has chosen, or NULL.
  template <typename T>
  const T* twin() const {
    return static_cast<const T*>(raw_->twin);
  }
  const inlay_node& node() const { return *raw_->node; }
  /// NULL without threads.
  const inlay_pool* pool() const { return raw_->pool; }
  int32_t threads() const { return raw_->pool != nullptr ? raw_->threads : 1; }

 private:
  const inlay_eval* raw_;
};

}  // namespace inlay

/// The two arguments of Prepare::eval_by. Only hosts write firmwares, and need the names.
#if defined(INLAY_GUEST_TWINS)
#define INLAY_EVAL(function) function, #function
#else
#define INLAY_EVAL(function) function, nullptr
#endif
/// Declares such an eval before its definition, which needs no `extern "C"` then.
#define INLAY_DECLARE_EVAL(function) extern "C" INLAY_API inlay_status function(const inlay_eval* raw);

/// Defines the one exported object of an op's file. `name` is the symbol of ops.inc; `Data` the op's data struct or
/// `NoData`; prepare and eval are functions of the file.
#define INLAY_DEFINE_OP(name, KIND, ALIAS, data_size, prepare_fn, eval_fn)                                              \
  extern "C" INLAY_API inlay_status inlay_eval_##name(const inlay_eval* raw);                                           \
  extern "C" INLAY_API inlay_status inlay_eval_##name(const inlay_eval* raw) { return eval_fn(raw); }                   \
  extern "C" INLAY_API const inlay_op inlay_op_##name;                                                                  \
  extern "C" INLAY_API const inlay_op inlay_op_##name = {sizeof(inlay_op), INLAY_OP_##KIND, INLAY_ALIAS_##ALIAS, nullptr, \
                                                         data_size, prepare_fn, inlay_eval_##name};
