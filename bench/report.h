// SPDX-License-Identifier: Apache-2.0
// A benchmark's result as text, JSON, a trace, and beside an earlier one.
#pragma once
#include <nlohmann/json.hpp>

#include "bench/measure.h"

namespace inlay::bench {

using Json = nlohmann::ordered_json;

/// The stable document of --json: keys are only ever added.
Json to_json(const Result& result, const Options& options);
/// The Trace Event Format. `one_run`: only the observed run of median length.
Json to_trace(const Result& result, bool one_run);
void print_table(const Json& document, bool per_op);
/// Reads an earlier --json. Throws Error when the file is none or is of another model.
Json read_base(const std::string& path);
/// Throws Error when the documents are of different models.
void check_same_model(const Json& base, const Json& document);
/// Base, now and now / base of every metric both have.
void print_comparison(const Json& base, const Json& document);
/// The document's text; names in a model may be any bytes, JSON is UTF-8.
std::string dump(const Json& document);

}  // namespace inlay::bench
