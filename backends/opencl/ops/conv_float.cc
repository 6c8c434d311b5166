// SPDX-License-Identifier: Apache-2.0
#include "ops/conv.h"

namespace inlay::opencl {

const char* reject_conv_real(const Node&) { return "float convolutions have no kernel on this device"; }
void plan_conv_real(const Node&, Recipe*) {}
int32_t variants_conv_real(const Node&) { return 1; }
const char* reject_matmul_real(const Node&) { return "float products of matrices have no kernel on this device"; }
void plan_matmul_real(const Node&, Recipe*) {}

}  // namespace inlay::opencl
