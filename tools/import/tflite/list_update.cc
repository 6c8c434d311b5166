// SPDX-License-Identifier: Apache-2.0
// Loops that fill a list element by element, as converters write the RNN layers of Keras: with i known only at run time,
//   CONCATENATION(SLICE(list, [0, 0], [i, -1]), element, SLICE(list, [i + 1, 0], [-1, -1]))
// Both slices have shapes that are not static, the whole has the list's: DYNAMIC_UPDATE_SLICE(list, element, [i, 0]).
#include "tools/import/tflite/list_update.h"

#include <algorithm>
#include <cstring>

namespace inlay::tools::tflite_import {
namespace {

const Tensor& tensor_at(const OpReader& r, int32_t id) { return r.graph().tensors[static_cast<size_t>(id)]; }

const Node* producer_of(const OpReader& r, int32_t id) {
  const auto& nodes = r.graph().nodes;
  const auto found = std::find_if(nodes.rbegin(), nodes.rend(), [&](const Node& n) {
    return std::find(n.outputs.begin(), n.outputs.end(), id) != n.outputs.end(); });
  return found == nodes.rend() ? nullptr : &*found;
}

/// All values of an int32 constant are `value`; no values are fine too.
bool all_are(const Tensor& t, int32_t value) {
  if (!t.is_constant() || t.dtype != INLAY_INT32) return false;
  for (size_t at = 0; at + sizeof(value) <= t.data->size(); at += sizeof(value)) {
    if (std::memcmp(t.data->data() + at, &value, sizeof(value)) != 0) return false;
  }
  return true;
}

/// The scalar in front of a vector [scalar, rest...]: `vector` is CONCATENATION(scalar under the shape [1], constant rest).
struct Head {
  int32_t one;     ///< the scalar under the shape [1]
  int32_t scalar;  ///< the scalar itself; `one` when nothing reshapes it
};
bool head_of(const OpReader& r, int32_t vector, int32_t rest, Head* out) {
  const Node* made = producer_of(r, vector);
  if (made == nullptr) return false;
  if (made->kind == INLAY_OP_CONCATENATION) {
    if (made->inputs.size() < 2) return false;
    for (size_t i = 1; i < made->inputs.size(); ++i) {
      if (made->inputs[i] < 0 || !all_are(tensor_at(r, made->inputs[i]), rest)) return false;
    }
    out->one = made->inputs[0];
  } else {
    out->one = vector;  // a list of scalars: the vector is the scalar
  }
  if (out->one < 0 || tensor_at(r, out->one).dtype != INLAY_INT32 || tensor_at(r, out->one).shape != std::vector<int32_t>{1}) return false;
  const Node* reshaped = producer_of(r, out->one);
  out->scalar = reshaped != nullptr && reshaped->kind == INLAY_OP_RESHAPE ? reshaped->inputs[0] : out->one;
  return true;
}

/// `next` is computed as `index` + 1.
bool is_next(const OpReader& r, int32_t next, int32_t index) {
  const Node* sum = producer_of(r, next);
  if (sum == nullptr || sum->kind != INLAY_OP_ADD || sum->inputs.size() != 2 || sum->activation != INLAY_ACT_NONE) return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const Tensor& one = tensor_at(r, sum->inputs[1 - side]);
    if (sum->inputs[side] == index && one.is_constant() && one.data->size() == 4 && all_are(one, 1)) return true;
  }
  return false;
}

/// The slice's own size says "to the end" in every dim.
bool takes_the_rest(const OpReader& r, const OpenSlice& slice) {
  const Tensor& size = tensor_at(r, slice.size);
  return all_are(size, -1) && size.data->size() == 4 * tensor_at(r, slice.source).shape.size();
}

bool replaces_one(const OpReader& r, const OpenSlice& before, int32_t element, const OpenSlice& after, Head* index) {
  if (before.source != after.source || !all_are(tensor_at(r, before.begin), 0) || !takes_the_rest(r, after)) return false;
  const Tensor& list = tensor_at(r, before.source);
  const Tensor& item = tensor_at(r, element);
  std::vector<int32_t> expected = list.shape;
  if (expected.empty() || item.dtype != list.dtype) return false;
  expected[0] = 1;
  Head next = {};
  return item.shape == expected && head_of(r, before.size, -1, index) && head_of(r, after.begin, 0, &next) &&
         is_next(r, next.scalar, index->scalar);
}

}  // namespace

bool read_open_slice(OpReader& r) {
  const Tensor& size = r.input(2);
  const Tensor& begin = r.input(1);
  // A size of -1 reaches from a begin that is computed to the end: as little known as a computed size.
  const bool rest = !begin.is_constant() && size.is_constant() && all_are(size, -1) && !size.data->empty();
  if (size.is_constant() && !rest) return false;
  const std::string what = "node '" + r.node.name + "' (SLICE): the size of its result is known only at run time (tensor '" +
                           (rest ? begin : size).name + "' is computed), which is not supported; export with fixed shapes";
  r.open[r.node.outputs[0]] = {r.node.inputs[0], r.node.inputs[1], r.node.inputs[2], what};
  r.become_nothing();
  return true;
}

bool read_list_update(OpReader& r, int32_t axis) {
  const auto first = std::find_if(r.node.inputs.begin(), r.node.inputs.end(), [&](int32_t id) { return r.open.count(id) != 0; });
  if (first == r.node.inputs.end()) return false;
  const std::string& why_not = r.open.at(*first).why_not;
  const auto& in = r.node.inputs;
  Head index = {};
  const bool fits = in.size() == 3 && axis == 0 && r.open.count(in[0]) != 0 && in[1] >= 0 && r.open.count(in[1]) == 0 &&
                    r.open.count(in[2]) != 0 && replaces_one(r, r.open.at(in[0]), in[1], r.open.at(in[2]), &index);
  if (!fits) throw Error(why_not);
  const int32_t list = r.open.at(in[0]).source, element = in[1];
  const size_t rank = tensor_at(r, list).shape.size();
  int32_t start = index.one;
  if (rank > 1) {
    const int32_t zeros = r.add_constant(r.node.name + "/zeros", std::vector<int32_t>(rank - 1, 0));
    start = r.add_tensor(r.node.name + "/start", INLAY_INT32);
    Node join;
    join.kind = INLAY_OP_CONCATENATION;
    join.inputs = {index.one, zeros};
    join.outputs = {start};
    join.params = inlay_axis{0, 0, 0};
    r.emit(std::move(join));
  }
  r.node.kind = INLAY_OP_DYNAMIC_UPDATE_SLICE;
  r.node.inputs = {list, element, start};
  return true;
}

}  // namespace inlay::tools::tflite_import
