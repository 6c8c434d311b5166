// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/user_ops.h"

#include "inlay/op.h"
#include "tools/graph/op_call.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {

void load_ops(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    // The loader looks for a bare name in the system's folders only; a user means the file beside.
    const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
    const inlay_op_table* table = nullptr;
    inlay_error error{};
    check(inlay_ops_load(file.c_str(), &table, &error), error, "loading the ops of " + path);
    add_user_ops(*table);
  }
}

std::vector<std::string> user_op_names() {
  const inlay_op_table* table = all_ops();
  std::vector<std::string> names;
  for (int32_t i = 0; i < table->count; ++i) {
    if (table->ops[i]->kind == INLAY_OP_CUSTOM) names.emplace_back(table->ops[i]->custom_code);
  }
  return names;
}

}  // namespace inlay::tools
