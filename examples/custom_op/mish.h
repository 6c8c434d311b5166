/* SPDX-License-Identifier: Apache-2.0
 *
 * The custom op "Mish": x * tanh(ln(1 + e^x)), for float32 and int8 (D. Misra, "Mish: A Self Regularized Non-Monotonic
 * Activation Function", 2019).
 */
#ifndef MISH_H
#define MISH_H

#include <inlay/op.h>

extern const inlay_op mish_op;

/* Its eval, by the name that prepare gives: all of Mish that a firmware with a prepared model links. */
inlay_status mish_eval(const inlay_eval* e);

#endif /* MISH_H */
