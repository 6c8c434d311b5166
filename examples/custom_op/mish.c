/* SPDX-License-Identifier: Apache-2.0
 *
 * An op of a user's own, in C99, without a file of Inlay changed. README.md tells how it is built and used.
 */
#include "mish.h"

#include <math.h>
#include <string.h>

/* What prepare leaves for eval: at most INLAY_OP_DATA_MAX bytes; larger things come from p->allocate. The same bytes on every
   processor (uint64_t, not size_t), for `inlay embed` makes them on this one for a board. */
typedef struct mish_data {
  uint64_t count;
  int8_t table[256]; /* int8: the answer for every stored value, from -128 on */
} mish_data;

/* tanh(ln(1 + e)) = (e^2 + 2e) / (e^2 + 2e + 2) needs one exponential and no logarithm. */
static double mish(double x) {
  if (x > 20) return x; /* the quotient is 1 in a double, and e^x would overflow further up */
  const double e = exp(x), n = e * (e + 2);
  return x * n / (n + 2);
}

static inlay_status refuse(inlay_prepare* p, const char* sentence) {
  if (p->error != NULL) {
    strncpy(p->error->text, sentence, sizeof(p->error->text) - 1);
    p->error->text[sizeof(p->error->text) - 1] = '\0';
  }
  return INLAY_STATUS_OP_INVALID;
}

static void fill_table(const inlay_tensor* in, const inlay_tensor* out, int8_t* table) {
  const int32_t in_zero = in->quant.zero_points != NULL ? in->quant.zero_points[0] : 0;
  const int32_t out_zero = out->quant.zero_points != NULL ? out->quant.zero_points[0] : 0;
  for (int32_t q = -128; q < 128; q++) {
    const double real = mish((double)in->quant.scales[0] * (q - in_zero));
    double stored = floor(real / (double)out->quant.scales[0] + 0.5) + out_zero;
    if (!(stored > -128)) stored = -128;
    if (stored > 127) stored = 127;
    table[q + 128] = (int8_t)stored;
  }
}

/* A model file may come from anybody: prepare makes every check, eval then trusts it. */
static inlay_status prepare(inlay_prepare* p) {
  const inlay_node* node = p->node;
  mish_data* data = p->data;
  if (node->input_count != 1 || node->output_count != 1 || node->inputs[0] < 0 || node->outputs[0] < 0) {
    return refuse(p, "Mish takes one input and gives one output");
  }
  const inlay_tensor* in = &p->graph->tensors[node->inputs[0]];
  const inlay_tensor* out = &p->graph->tensors[node->outputs[0]];
  if (in->dtype != out->dtype || (in->dtype != INLAY_FLOAT32 && in->dtype != INLAY_INT8)) {
    return refuse(p, "Mish computes float32 and int8, the output as the input");
  }
  if (in->dtype == INLAY_INT8) {
    if (in->quant.count != 1 || out->quant.count != 1) return refuse(p, "Mish of int8 needs one scale for each tensor");
    fill_table(in, out, data->table);
  }
  p->eval_symbol = "mish_eval"; /* what is left in data suits every processor: `inlay embed` may put it into flash */
  data->count = 1;
  for (int i = 0; i < in->rank; i++) data->count *= (uint64_t)in->dims[i];
  return p->output_shape(p, 0, in->rank, in->dims);
}

inlay_status mish_eval(const inlay_eval* e) {
  const mish_data* data = e->data;
  const inlay_tensor* in = &e->graph->tensors[e->node->inputs[0]];
  const void* from = in->data != NULL ? in->data : e->tensors[e->node->inputs[0]];
  void* to = e->tensors[e->node->outputs[0]];
  if (in->dtype == INLAY_FLOAT32) {
    for (uint64_t i = 0; i < data->count; i++) ((float*)to)[i] = (float)mish(((const float*)from)[i]);
  } else {
    for (uint64_t i = 0; i < data->count; i++) ((int8_t*)to)[i] = data->table[((const int8_t*)from)[i] + 128];
  }
  return INLAY_OK;
}

const inlay_op mish_op = {sizeof(inlay_op), INLAY_OP_CUSTOM, INLAY_ALIAS_NONE, "Mish", sizeof(mish_data), prepare, mish_eval};

/* Only the shared object needs this: what `inlay --ops` looks for. */
INLAY_API const inlay_op_table* inlay_ops_entry(uint32_t abi_version);
const inlay_op_table* inlay_ops_entry(uint32_t abi_version) {
  static const inlay_op* const list[] = {&mish_op};
  static const inlay_op_table table = {list, 1};
  return abi_version == INLAY_OPS_ABI_VERSION ? &table : NULL;
}
