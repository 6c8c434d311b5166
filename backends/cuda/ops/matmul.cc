// SPDX-License-Identifier: Apache-2.0
// Products of matrices: the forms they are computed in.
#include "ops/forms.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

constexpr Form<Node> kForms8[] = {
    {"matmul q8", always<Node>, plan_matmul_q8_direct, score<1, Node>},
};

void gemm(const Node& node, Recipe* recipe) { plan_matmul_gemm(node, matmul_division(node), recipe); }
template <int32_t kTile>
void gemm_as(const Node& node, Recipe* recipe) {
  plan_matmul_gemm(node, {kTile, 1}, recipe);
}

constexpr Form<Node> kForms[] = {
    {"gemm", always<Node>, gemm, score<2, Node>},
    {"gemm 128x128", always<Node>, gemm_as<0>, score<1, Node>},
    {"gemm 64x64", always<Node>, gemm_as<1>, score<1, Node>},
    {"gemm 32x32", always<Node>, gemm_as<3>, score<1, Node>},
};

}  // namespace

int32_t variants_matmul_q8(const Node& node) { return static_cast<int32_t>(forms_of(kForms8, node).size()); }
void plan_matmul_q8(const Node& node, Recipe* recipe) { plan_by_form(kForms8, node, node, recipe); }

int32_t variants_matmul_real(const Node& node) { return static_cast<int32_t>(forms_of(kForms, node).size()); }
void plan_matmul_real(const Node& node, Recipe* recipe) { plan_by_form(kForms, node, node, recipe); }

}  // namespace inlay::cuda
