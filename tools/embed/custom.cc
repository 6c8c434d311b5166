// SPDX-License-Identifier: Apache-2.0
#include "tools/embed/custom.h"

#include <cctype>
#include <cstring>

#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

/// A model's file again, in other memory.
class ModelCopy {
 public:
  explicit ModelCopy(const inlay_model* model) : file_(Bytes(model->bytes, model->bytes + model->size)) {
    inlay_error error = {};
    size_t need = 0;
    check(inlay_model_measure(file_.data(), model->size, nullptr, &need, &error), error, "copying the model");
    tables_ = Aligned(need);
    check(inlay_model_init(file_.data(), model->size, nullptr, {tables_.data(), need}, &model_, &error), error,
          "copying the model");
  }
  const inlay_model* get() const { return model_; }

 private:
  Aligned file_, tables_;
  inlay_model* model_ = nullptr;
};

bool has_custom_ops(const inlay_graph& graph) {
  for (int32_t n = 0; n < graph.node_count; ++n) {
    if (graph.nodes[n].kind == INLAY_OP_CUSTOM) return true;
  }
  return false;
}

bool is_identifier(const char* text) {
  if (std::isdigit(static_cast<unsigned char>(*text)) != 0) return false;
  const char* at = text;
  while (std::isalnum(static_cast<unsigned char>(*at)) != 0 || *at == '_') ++at;
  return at != text && *at == '\0';
}

/// What keeps node `n` out of flash; NULL: nothing.
const char* flaw_of(const PreparedSteps& steps, const PreparedSteps& again, int32_t n) {
  const char* eval = steps.notes[static_cast<size_t>(n)].eval_symbol;
  if (eval == nullptr) return "names no eval for the linker (p->eval_symbol)";
  if (!is_identifier(eval)) return "names an eval that is no C identifier (p->eval_symbol)";
  if (steps.compiled->steps[n].twin != nullptr) return "hands its eval a twin, which has no name for the linker";
  const auto extent = steps.extent(n);
  if (std::memcmp(steps.memory() + extent.first, again.memory() + extent.first, extent.second) == 0) return nullptr;
  return "leaves other bytes each time it prepares: an address, or what it did not set";
}

}  // namespace

void require_custom_ops(const inlay_model* model, int32_t graph) {
  if (!has_custom_ops(*inlay_model_graph(model, graph))) return;
  const std::string missing = missing_user_op(model);
  if (missing.empty()) return;
  throw Error(
      "the custom op '" + printable(missing.c_str()) +
      "' is needed to prepare the model: give it with --ops LIB.so, or let it prepare itself on the board with --mode file");
}

void check_custom_ops(const inlay_model* model, int32_t graph, const Target& target, const PreparedSteps& steps) {
  const inlay_graph& from = *inlay_model_graph(model, graph);
  if (!has_custom_ops(from)) return;
  const ModelCopy copy(model);
  const PreparedSteps again(copy.get(), graph, target);
  for (int32_t n = 0; n < from.node_count; ++n) {
    if (from.nodes[n].kind != INLAY_OP_CUSTOM) continue;
    const char* flaw = flaw_of(steps, again, n);
    if (flaw == nullptr) continue;
    throw Error("op " + std::to_string(n) + ", the custom op '" + printable(from.nodes[n].custom_code) + "', " + flaw +
                "; docs/custom_ops.md says how to make it ready for flash, and --mode file prepares it on the board");
  }
}

}  // namespace inlay::tools
