// SPDX-License-Identifier: Apache-2.0
// Hosts: custom ops from a shared object.
#include <dlfcn.h>

#include "core/error.h"
#include "inlay/op.h"

namespace inlay {
namespace {

/// NULL when the op keeps the contract, else what is wrong with it.
const char* flaw_of(const inlay_op* op) {
  if (op == nullptr) return "is NULL";
  if (op->struct_size < sizeof(inlay_op)) return "has no struct_size";
  if (op->kind != INLAY_OP_CUSTOM) return "is not of kind INLAY_OP_CUSTOM";
  if (op->custom_code == nullptr || op->custom_code[0] == '\0') return "has no custom_code";
  if (op->prepare == nullptr || op->eval == nullptr) return "has no prepare or no eval";
  if (op->data_bytes > INLAY_OP_DATA_MAX) return "wants more than INLAY_OP_DATA_MAX data_bytes";
  return nullptr;
}

inlay_status check_table(const inlay_op_table& table, inlay_error* error) {
  if (table.count < 1 || table.ops == nullptr) return INLAY_FAIL(error, UNSUPPORTED, "the shared object has no ops");
  for (int32_t i = 0; i < table.count; ++i) {
    const char* flaw = flaw_of(table.ops[i]);
    if (flaw != nullptr) return INLAY_FAIL(error, OP_INVALID, "op % of the shared object %", i, flaw);
  }
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" inlay_status inlay_ops_load(const char* path, const inlay_op_table** out, inlay_error* error) {
  if (path == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "path or out is NULL");
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return INLAY_FAIL(error, IO, "cannot load the ops: %", dlerror());
  const auto entry = reinterpret_cast<inlay_ops_entry_fn>(dlsym(library, INLAY_OPS_ENTRY_NAME));
  const inlay_op_table* table = entry != nullptr ? entry(INLAY_OPS_ABI_VERSION) : nullptr;
  inlay_status status = INLAY_OK;
  if (entry == nullptr) {
    status = INLAY_FAIL(error, UNSUPPORTED, "no shared object of ops: it exports no %", INLAY_OPS_ENTRY_NAME);
  } else if (table == nullptr) {
    status = INLAY_FAIL(error, UNSUPPORTED, "the ops do not serve ABI version %", INLAY_OPS_ABI_VERSION);
  } else {
    status = inlay::check_table(*table, error);
  }
  if (status != INLAY_OK) {
    dlclose(library);
    return status;
  }
  *out = table;
  return INLAY_OK;
}
