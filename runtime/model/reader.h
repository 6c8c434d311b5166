// SPDX-License-Identifier: Apache-2.0
// Turns verified FlatBuffer tables into the runtime's tables, checking every number on the way.
#pragma once
#include "core/error.h"
#include "model/model.h"
#include "schema/inlay_generated.h"

namespace inlay {

/// The file and the limits its tables must respect.
struct Reader {
  const uint8_t* bytes;
  size_t size;
  const format::Model* root;
  Bump* memory;  ///< counting or giving
  inlay_error* error;
};

/// Header, table verification, segments, CRCs. Sets reader->root.
inlay_status read_container(Reader* reader, bool check_crc);
/// Fills one graph. While counting, only checks what can be checked without tables.
inlay_status read_graph(const Reader& reader, const format::Graph& from, inlay_graph* out);
/// Fills root->variables()->size() variables and sums their bytes; with `out` NULL only checks them.
inlay_status read_variables(const Reader& reader, inlay_model_variable* out, size_t* total);
/// Checks one op's wiring: indices, single writers, order. `written` holds one byte per tensor, already 1 for readable ones.
inlay_status check_wiring(const Reader& reader, const inlay_graph& graph, uint8_t* written);
/// Checks the placements: every plan behind the first. NULL in a program that links none of the functions that would read them.
__attribute__((weak)) inlay_status check_placements(const Reader& reader);

}  // namespace inlay
