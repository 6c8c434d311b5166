// SPDX-License-Identifier: Apache-2.0
// GATHER, GATHER_ND and REVERSE_SEQUENCE with indices that are known when the model is prepared: an index outside fails the run
// on the host, which no kernel can do.
#include "kernels/gather.h"

#include "gpu/ops/move.h"
#include "kernels/gather_nd.h"

namespace inlay::gpu {
namespace {

constexpr const char* kRunTime = "the indices are computed at run time, and one outside has to fail the run";
constexpr const char* kOutside = "an index lies outside the input";

bool inside(const inlay_tensor& indices, int64_t limit) {
  const std::vector<int64_t> all = integers_of(indices);
  return kernels::indices_inside(static_cast<int64_t>(all.size()), all.data(), limit);
}

// ---- GATHER ------------------------------------------------------------------------------------------------------------

const char* reject_gather(const Node& node) {
  if (!is_constant(node.input(1))) return kRunTime;
  return inside(*node.input(1), node.input(0)->dims[node.params<inlay_axis>().axis]) ? nullptr : kOutside;
}

/// Table [batch, outer, axis, inner], indices [batch, coords], output [batch, outer, coords, inner].
void plan_gather(const Node& node, Recipe* recipe) {
  recipe->kernel = "gather";
  if (element_count(node.output()) == 0) return;
  const inlay_tensor& table = *node.input(0);
  const inlay_tensor& indices = *node.input(1);
  const auto& params = node.params<inlay_axis>();
  const int64_t batch = element_count(table.dims, params.batch_dims), axis = table.dims[params.axis];
  const int64_t outer = element_count(table.dims + params.batch_dims, params.axis - params.batch_dims);
  const int64_t inner = element_count(table.dims + params.axis + 1, table.rank - params.axis - 1),
                coords = element_count(indices) / batch;
  std::vector<int32_t> steps;
  for (const int64_t index : integers_of(indices)) steps.push_back(static_cast<int32_t>(index * inner));
  TabledMove move(node, node.input_id(0));
  move.add_dim(inner, 1, 1);
  move.add_key(coords, inner, 1);
  move.add_table(batch, outer * axis * inner, outer * coords * inner, coords, std::move(steps));
  move.add_dim(outer, axis * inner, coords * inner);
  move.plan(recipe);
}

// ---- GATHER_ND ---------------------------------------------------------------------------------------------------------

/// Which slice of the input each vector names; -1: none.
std::vector<int64_t> slices_of(const Node& node) {
  const inlay_tensor& table = *node.input(0);
  const inlay_tensor& indices = *node.input(1);
  const std::vector<int64_t> all = integers_of(indices);
  kernels::IndexVectors vectors = {};
  vectors.depth = last_dim(indices);
  for (int32_t d = 0; d < vectors.depth; ++d) vectors.dims[d] = table.dims[d];
  std::vector<int64_t> out(static_cast<size_t>(element_count(indices.dims, indices.rank - 1)));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = kernels::slice_of(vectors, all.data() + i * static_cast<size_t>(vectors.depth));
  return out;
}

const char* reject_gather_nd(const Node& node) {
  if (!is_constant(node.input(1))) return kRunTime;
  for (const int64_t slice : slices_of(node)) {
    if (slice < 0) return kOutside;
  }
  return nullptr;
}

void plan_gather_nd(const Node& node, Recipe* recipe) {
  recipe->kernel = "gather";
  if (element_count(node.output()) == 0) return;
  const inlay_tensor& table = *node.input(0);
  const int32_t depth = last_dim(*node.input(1));
  const int64_t inner = element_count(table.dims + depth, table.rank - depth);
  std::vector<int32_t> steps;
  for (const int64_t slice : slices_of(node)) steps.push_back(static_cast<int32_t>(slice * inner));
  TabledMove move(node, node.input_id(0));
  move.add_dim(inner, 1, 1);
  move.add_table(static_cast<int64_t>(steps.size()), 0, inner, 1, steps);
  move.plan(recipe);
}

// ---- REVERSE_SEQUENCE --------------------------------------------------------------------------------------------------

const char* reject_reverse(const Node& node) {
  if (!is_constant(node.input(1))) return "the lengths are computed at run time, and one too large has to fail the run";
  return inside(*node.input(1), int64_t{node.input(0)->dims[node.params<inlay_axis>().axis]} + 1)
             ? nullptr
             : "a length lies outside the input";
}

/// Input [outer, first, middle, second, inner]: the sequence runs along `first` or `second`, the batch along the other.
void plan_reverse(const Node& node, Recipe* recipe) {
  recipe->kernel = "reverse";
  const inlay_tensor& in = *node.input(0);
  if (element_count(in) == 0) return;
  const auto& params = node.params<inlay_axis>();
  const bool sequence_first = params.axis < params.batch_dims;
  const int32_t a = sequence_first ? params.axis : params.batch_dims, b = sequence_first ? params.batch_dims : params.axis;
  const int64_t first = in.dims[a], second = in.dims[b], middle = element_count(in.dims + a + 1, b - a - 1);
  const int64_t inner = element_count(in.dims + b + 1, in.rank - b - 1), row = second * inner, plane = middle * row;
  const std::vector<int64_t> lengths = integers_of(*node.input(1));
  std::vector<int32_t> steps;
  for (int64_t f = 0; f < first; ++f) {
    for (int64_t s = 0; s < second; ++s) {
      int64_t from_f = f, from_s = s;
      int64_t& place = sequence_first ? from_f : from_s;
      const int64_t length = lengths[static_cast<size_t>(sequence_first ? s : f)];
      if (place < length) place = length - 1 - place;
      steps.push_back(static_cast<int32_t>(from_f * plane + from_s * inner));
    }
  }
  TabledMove move(node, node.input_id(0));
  move.add_dim(inner, 1, 1);
  move.add_key(second, inner, 1);
  move.add_table(first, 0, plane, second, std::move(steps));
  move.add_dim(middle, row, row);
  move.add_dim(element_count(in.dims, a), first * plane, first * plane);
  move.plan(recipe);
}

}  // namespace

extern const Op op_gather, op_gather_nd, op_reverse_sequence;
const Op op_gather = {reject_gather, plan_gather, nullptr};
const Op op_gather_nd = {reject_gather_nd, plan_gather_nd, nullptr};
const Op op_reverse_sequence = {reject_reverse, plan_reverse, nullptr};

}  // namespace inlay::gpu
