// SPDX-License-Identifier: Apache-2.0
// Products of matrices: the forms they are computed in.
#include "ops/forms.h"
#include "ops/gemm_float.h"
#include "ops/matmul_mma.h"

namespace inlay::cuda {
namespace {

void direct_q8(const Node& node, int32_t, Recipe* recipe) { plan_matmul_q8_direct(node, recipe); }

constexpr Form<Node> kForms8[] = {
    {"matmul q8", always<Node>, direct_q8, score<1, Node>},
    {"tensor cores", matmul_mma_sizes, plan_matmul_mma, score<10, Node>},
};

constexpr int32_t kTilesOfProducts[] = {0, 1, 3};
int32_t gemm_sizes(const Node&) { return 3; }
void gemm(const Node& node, int32_t size, Recipe* recipe) {
  plan_matmul_gemm(node, size == kOwnChoice ? matmul_division(node) : Division{kTilesOfProducts[size], 1}, recipe);
}

constexpr Form<Node> kForms[] = {
    {"gemm", gemm_sizes, gemm, score<1, Node>},
};

}  // namespace

int32_t variants_matmul_q8(const Node& node) { return variants_of(kForms8, node); }
void plan_matmul_q8(const Node& node, Recipe* recipe) { plan_by_form(kForms8, node, node, recipe); }

int32_t variants_matmul_real(const Node& node) { return variants_of(kForms, node); }
void plan_matmul_real(const Node& node, Recipe* recipe) { plan_by_form(kForms, node, node, recipe); }

}  // namespace inlay::cuda
