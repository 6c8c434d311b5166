// SPDX-License-Identifier: Apache-2.0
// Products of matrices: the forms they are computed in.
#include "ops/forms.h"

namespace inlay::cuda {
namespace {

constexpr Form<Node> kForms8[] = {
    {"matmul q8", always<Node>, plan_matmul_q8_direct, score<1, Node>},
};

/// Rows of a are pixels, columns of b are filters, both side by side in memory.
bool takes_pointwise(const Node& node) {
  const MatmulShape s = matmul_shape(node);
  return s.batch == 1 && s.a_step == 1 && s.b_row == 1;
}

void pointwise(const Node& node, Recipe* recipe) {
  const MatmulShape s = matmul_shape(node);
  plan_conv_float_direct(node, dense_launch(s.m, s.k, s.n), recipe);
}

constexpr Form<Node> kForms[] = {
    {"direct", takes_pointwise, pointwise, score<1, Node>},
};

}  // namespace

int32_t variants_matmul_q8(const Node& node) { return variants_of(kForms8, node); }
void plan_matmul_q8(const Node& node, Recipe* recipe) { plan_by_form(kForms8, node, node, recipe); }

const char* reject_matmul_real(const Node& node) {
  return variants_of(kForms, node) == 0 ? "float products of this shape have no kernel on this device" : nullptr;
}
int32_t variants_matmul_real(const Node& node) { return variants_of(kForms, node); }
void plan_matmul_real(const Node& node, Recipe* recipe) { plan_by_form(kForms, node, node, recipe); }

}  // namespace inlay::cuda
