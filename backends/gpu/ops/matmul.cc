// SPDX-License-Identifier: Apache-2.0
// BATCH_MATMUL: shapes, where matrices begin, 8-bit ones a value at a time.
#include "core/quant.h"
#include "gpu/ops/conv.h"
#include "kernels/broadcast.h"

namespace inlay::gpu {

MatmulQuant matmul_quant(const Node& node) {
  const inlay_tensor *a = node.input(0), *b = node.input(1), *out = &node.output();
  const QuantRange range = dtype_range(out->dtype);
  return {zero_point_of(a), zero_point_of(b), zero_point_of(out),
          range.min,        range.max,        scale_of(a) * scale_of(b) / scale_of(out)};
}

MatmulShape matmul_shape(const Node& node) {
  const auto& p = node.params<inlay_matmul>();
  const inlay_tensor &a = *node.input(0), &b = *node.input(1);
  const int32_t* a_dims = a.dims + a.rank - 2;
  const int32_t* b_dims = b.dims + b.rank - 2;
  MatmulShape s = {};
  s.m = a_dims[p.transpose_a];
  s.k = a_dims[1 - p.transpose_a];
  s.n = b_dims[1 - p.transpose_b];
  s.batch = s.m == 0 || s.n == 0 ? 0 : static_cast<int32_t>(element_count(node.output()) / s.m / s.n);
  s.a_row = p.transpose_a != 0 ? 1 : s.k, s.a_step = p.transpose_a != 0 ? s.m : 1;
  s.b_row = p.transpose_b != 0 ? 1 : s.n, s.b_step = p.transpose_b != 0 ? s.k : 1;
  return s;
}

std::vector<int32_t> matmul_places(const Node& node) {
  const inlay_tensor &a = *node.input(0), &b = *node.input(1);
  const MatmulShape s = matmul_shape(node);
  kernels::Broadcast batch;
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  std::vector<int32_t> places;
  if (!kernels::make_broadcast(a.dims, a.rank - 2, b.dims, b.rank - 2, &batch, dims, &rank))
    return places;  // checked by the builtin op
  kernels::for_each_row(batch, [&](int64_t a0, int64_t b0, int64_t, int64_t count, int64_t a_step, int64_t b_step) {
    for (int64_t i = 0; i < count; ++i) {
      places.push_back(static_cast<int32_t>((a0 + i * a_step) * s.m * s.k));
      places.push_back(static_cast<int32_t>((b0 + i * b_step) * s.k * s.n));
    }
  });
  return places;
}

const char* reject_matmul(const Node& node) {
  if (is_q8(*node.input(0))) return nullptr;
  if (node.input(0)->dtype != INLAY_FLOAT32) return "int16 activations have no kernel on this device";
  return node.input(1)->dtype == INLAY_FLOAT32 ? nullptr : "floats with quantized weights have no kernel on this device";
}

Launch& launch_matmul_q8(const Node& node, const char* kernel, size_t work_items, Recipe* recipe) {
  return recipe->launch(kernel, node.element_options(node.input(0)->dtype), kernel)
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .constant(matmul_places(node))
      .tensor(node.output_id())
      .value(matmul_shape(node))
      .value(matmul_quant(node))
      .grid(work_items);
}

void plan_matmul_q8_direct(const Node& node, Recipe* recipe) {
  recipe->kernel = "matmul q8";
  launch_matmul_q8(node, "matmul_q8", static_cast<size_t>(element_count(node.output())), recipe);
}

}  // namespace inlay::gpu
