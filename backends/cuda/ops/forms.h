// SPDX-License-Identifier: Apache-2.0
// Several ways of computing one op, and the choice among them: what a tuned plan says, else the greatest score. A new way is a line in
// one of the tables below ops/.
#pragma once
#include <vector>

#include "gpu/ops/conv_q8.h"
#include "using.h"

namespace inlay::cuda {

constexpr int32_t kOwnChoice = -1;

/// A way of computing a `Work`, which may come in several sizes of tiles.
template <typename Work>
struct Form {
  const char* name;                                  ///< in a word or two, for people
  int32_t (*sizes)(const Work&);                     ///< how many, in a fixed order; 0: it does not take the work
  void (*plan)(const Work&, int32_t size, Recipe*);  ///< size: its number, or kOwnChoice
  int32_t (*score)(const Work&);                     ///< how good it is said to be at what it takes
  bool sums = false;                                 ///< it plans a sum behind the work, too
};

/// One launch of a float convolution.
struct ConvReal {
  const Node& node;
  ConvLaunch l;
  const Sum* behind;  ///< the sum that the launch does, too, or NULL
};

template <typename Work, size_t kCount>
int32_t variants_of(const Form<Work> (&forms)[kCount], const Work& work) {
  int32_t count = 0;
  for (const Form<Work>& form : forms) count += form.sizes(work);
  return count;
}

/// The form and size that the node's variant says (form by form, size by size) or, where it says none, the best form. NULL, where none
/// takes the work.
template <typename Work, size_t kCount>
const Form<Work>* choose_form(const Form<Work> (&forms)[kCount], const Work& work, const Node& node, int32_t* out_size) {
  const Form<Work>* chosen = nullptr;
  int32_t size = kOwnChoice, left = node.variant();
  const bool told = left >= 1 && left <= variants_of(forms, work);
  for (const Form<Work>& form : forms) {
    const int32_t sizes = form.sizes(work);
    if (sizes == 0) continue;
    if (told && left >= 1 && left <= sizes) {
      chosen = &form;
      size = left - 1;
    }
    left -= sizes;
    if (!told && (chosen == nullptr || form.score(work) > chosen->score(work))) chosen = &form;
  }
  *out_size = size;
  return chosen;
}

/// Plans the launches of `work` in the form that is chosen. False, with nothing planned, where none takes it or, with_sum, the chosen one
/// plans no sums.
template <typename Work, size_t kCount>
bool plan_by_form(const Form<Work> (&forms)[kCount], const Work& work, const Node& node, Recipe* recipe, bool with_sum = false) {
  int32_t size = kOwnChoice;
  const Form<Work>* const chosen = choose_form(forms, work, node, &size);
  if (chosen == nullptr || (with_sum && !chosen->sums)) return false;
  recipe->kernel = chosen->name;
  chosen->plan(work, size, recipe);
  return true;
}

/// For forms that take everything, in one size.
template <typename Work>
int32_t always(const Work&) {
  return 1;
}
template <int32_t kScore, typename Work>
int32_t score(const Work&) {
  return kScore;
}

void plan_conv_q8(const Node& node, Recipe* recipe);
bool plan_conv_q8_with_sum(const Node& node, const Sum& sum, Recipe* recipe);
int32_t variants_conv_q8(const Node& node);
void plan_conv_real(const Node& node, Recipe* recipe);
bool plan_conv_real_with_sum(const Node& node, const Sum& sum, Recipe* recipe);
int32_t variants_conv_real(const Node& node);
void plan_matmul_q8(const Node& node, Recipe* recipe);
int32_t variants_matmul_q8(const Node& node);
void plan_matmul_real(const Node& node, Recipe* recipe);
int32_t variants_matmul_real(const Node& node);

}  // namespace inlay::cuda
