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
  using Score = int32_t (*)(const Work&);
  constexpr Form(const char* n, bool (*t)(const Work&), void (*p)(const Work&, Recipe*), Score s) : name(n), score(s), takes(t), plan_alone(p) {}
  constexpr Form(const char* n, int32_t (*c)(const Work&), void (*p)(const Work&, int32_t, Recipe*), Score s)
      : name(n), score(s), count(c), plan_size(p) {}

  /// How many there are, in a fixed order; 0: it does not take the work.
  int32_t sizes(const Work& work) const { return count != nullptr ? count(work) : takes(work) ? 1 : 0; }
  /// size: its number, or kOwnChoice.
  void plan(const Work& work, int32_t size, Recipe* recipe) const {
    plan_alone != nullptr ? plan_alone(work, recipe) : plan_size(work, size, recipe);
  }

  const char* name;  ///< in a word or two, for people
  Score score;       ///< how good it is said to be at what it takes

 private:
  bool (*takes)(const Work&) = nullptr;
  void (*plan_alone)(const Work&, Recipe*) = nullptr;
  int32_t (*count)(const Work&) = nullptr;
  void (*plan_size)(const Work&, int32_t size, Recipe*) = nullptr;
};

/// One launch of a float convolution.
struct ConvReal {
  const Node& node;
  ConvLaunch l;
};

template <typename Work, size_t kCount>
int32_t variants_of(const Form<Work> (&forms)[kCount], const Work& work) {
  int32_t count = 0;
  for (const Form<Work>& form : forms) count += form.sizes(work);
  return count;
}

/// Plans the launches of `work` in the form and size that the node's variant says (form by form, size by size) or, where it says none,
/// by the best form. False, where none takes it.
template <typename Work, size_t kCount>
bool plan_by_form(const Form<Work> (&forms)[kCount], const Work& work, const Node& node, Recipe* recipe) {
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
  if (chosen == nullptr) return false;
  recipe->kernel = chosen->name;
  chosen->plan(work, size, recipe);
  return true;
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
/// NULL, or why no form takes the product.
const char* reject_matmul_real(const Node& node);
void plan_matmul_real(const Node& node, Recipe* recipe);
int32_t variants_matmul_real(const Node& node);

}  // namespace inlay::cuda
