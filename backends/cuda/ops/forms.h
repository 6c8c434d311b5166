// SPDX-License-Identifier: Apache-2.0
// Several ways of computing one op, and the choice among them: what a tuned plan says, else the greatest score. A new way is a line in
// one of the tables below ops/.
#pragma once
#include <vector>

#include "gpu/ops/conv_q8.h"
#include "using.h"

namespace inlay::cuda {

/// One way of computing a `Work`.
template <typename Work>
struct Form {
  const char* name;                         ///< in a word or two, for people
  bool (*takes)(const Work&);
  void (*plan)(const Work&, Recipe*);
  int32_t (*score)(const Work&);            ///< how good it is said to be, above 0; only of what it takes
};

/// One launch of a float convolution.
struct ConvReal {
  const Node& node;
  ConvLaunch l;
};

template <typename Work, size_t kCount>
std::vector<const Form<Work>*> forms_of(const Form<Work> (&all)[kCount], const Work& work) {
  std::vector<const Form<Work>*> out;
  for (const Form<Work>& form : all) {
    if (form.takes(work)) out.push_back(&form);
  }
  return out;
}

/// Plans the launches of `work` in the form that `node` says or, where it says none, the best.
template <typename Work, size_t kCount>
void plan_by_form(const Form<Work> (&all)[kCount], const Work& work, const Node& node, Recipe* recipe) {
  const std::vector<const Form<Work>*> forms = forms_of(all, work);
  const auto variant = static_cast<size_t>(node.variant());
  const Form<Work>* chosen = forms[0];
  if (variant >= 1 && variant <= forms.size()) {
    chosen = forms[variant - 1];
  } else {
    for (const Form<Work>* form : forms) {
      if (form->score(work) > chosen->score(work)) chosen = form;
    }
  }
  chosen->plan(work, recipe);
  recipe->kernel = chosen->name;
}

template <typename Work>
bool always(const Work&) {
  return true;
}
template <int32_t kScore, typename Work>
int32_t score(const Work&) {
  return kScore;
}

void plan_conv_q8(const Node& node, Recipe* recipe);
int32_t variants_conv_q8(const Node& node);
void plan_conv_real(const Node& node, Recipe* recipe);
int32_t variants_conv_real(const Node& node);
void plan_matmul_q8(const Node& node, Recipe* recipe);
int32_t variants_matmul_q8(const Node& node);
void plan_matmul_real(const Node& node, Recipe* recipe);
int32_t variants_matmul_real(const Node& node);

}  // namespace inlay::cuda
