// SPDX-License-Identifier: Apache-2.0
// inlay convert: another format in, a .inlay file out.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"
#include "tools/inlay/commands.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/inputs.h"
#include "tools/inlay/sha256.h"
#include "tools/inlay/user_ops.h"

namespace inlay::tools {
namespace {

struct ConvertArgs {
  std::string in, out, labels, mean, std;
  std::vector<std::string> shapes, custom_ops, ops;
};

/// Splits NAME=1x3x224x224; the name may itself hold '='. Returns what is wrong, or nothing.
std::string parse_shape(const std::string& text, std::string& name, std::vector<int32_t>& dims) {
  const std::string wrong = "'" + text + "' is no NAME=1x3x224x224";
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) return wrong;
  name = text.substr(0, equals);
  std::string rest = text.substr(equals + 1) + "x";
  for (size_t end; (end = rest.find('x')) != std::string::npos; rest.erase(0, end + 1)) {
    const std::string dim = rest.substr(0, end);
    if (dim.empty() || dim.size() > 9 || dim.find_first_not_of("0123456789") != std::string::npos) return wrong;
    dims.push_back(static_cast<int32_t>(std::stol(dim)));
    if (dims.back() == 0) return wrong + ": a dim of 0";
  }
  return dims.size() <= INLAY_MAX_RANK ? "" : wrong + ": more than 8 dims";
}

std::string check_shape(const std::string& text) {
  std::string name;
  std::vector<int32_t> dims;
  return parse_shape(text, name, dims);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Model import_any(const ConvertArgs& args, const Bytes& file) {
  ImportOptions options;
  for (const std::string& text : args.shapes) {
    std::string name;
    std::vector<int32_t> dims;
    parse_shape(text, name, dims);
    options.shapes[name] = dims;
  }
  if (ends_with(args.in, ".onnx")) {
    throw Error(args.in + ": ONNX import is not in this version; a .tflite file is expected");
  }
  options.custom_ops.insert(args.custom_ops.begin(), args.custom_ops.end());
  for (const std::string& name : user_op_names()) options.custom_ops.insert(name);
  try {
    return import_tflite(file, options);
  } catch (const Error& error) {
    throw Error(args.in + ": " + error.what());
  }
}

/// What `inlay run` would refuse later is refused now.
void check_normalization(const ConvertArgs& args) {
  if (!args.mean.empty()) parse_floats(args.mean, "--input-mean");
  if (args.std.empty()) return;
  const std::vector<float> stds = parse_floats(args.std, "--input-std");
  if (std::count(stds.begin(), stds.end(), 0.0f) != 0) throw Error("--input-std is '" + args.std + "'; pixels are divided by it, say another than 0");
}

void add_metadata(Model& model, const ConvertArgs& args, const Bytes& file) {
  model.metadata["producer"] = std::string("inlay convert ") + inlay_version();
  model.metadata["source"] = std::filesystem::path(args.in).filename().string();
  model.metadata["source_sha256"] = sha256_hex(file.data(), file.size());
  if (!args.mean.empty()) model.metadata["input0_mean"] = args.mean;
  if (!args.std.empty()) model.metadata["input0_std"] = args.std;
  if (args.labels.empty()) return;
  const Bytes labels = read_file(args.labels);
  model.metadata["labels"] = std::string(labels.begin(), labels.end());
}

/// One paragraph on what was written. The file is whole by now: where no session can be made, only its part is left out.
void print_summary(const ConvertArgs& args, size_t bytes) {
  const ModelPtr model = open_model(args.out);
  int64_t ops = 0, tensors = 0;
  for (int32_t i = 0; i < inlay_model_graph_count(model.get()); ++i) {
    ops += inlay_model_graph(model.get(), i)->node_count;
    tensors += inlay_model_graph(model.get(), i)->tensor_count;
  }
  std::printf("%s: %lld ops, %lld tensors, %zu bytes", args.out.c_str(), static_cast<long long>(ops), static_cast<long long>(tensors),
              bytes);
  try {
    const SessionPtr session = make_session(model.get(), find_devices("builtin"), {});
    const inlay_memory_use use = memory_use(session.get());
    std::printf("; weights %zu bytes, activations planned in %zu bytes (lower bound %zu, without sharing %zu).\n", use.weights, use.planned,
                use.lower_bound, use.lower_bound_unshared);
  } catch (const Error& error) {
    std::printf(".\n");
    std::fprintf(stderr, "inlay convert: note: the file is written, but no session can be made of it here: %s\n", error.what());
  }
}

void convert(const ConvertArgs& args) {
  check_normalization(args);
  load_ops(args.ops);
  const Bytes file = read_file(args.in);
  Model model = import_any(args, file);
  optimize(model);
  add_metadata(model, args, file);
  const Bytes out = emit_inlay(model);
  write_file(args.out, out.data(), out.size());
  print_summary(args, out.size());
}

}  // namespace

void add_convert(Arguments& app) {
  const auto args = std::make_shared<ConvertArgs>();
  Arguments command = app.command("convert", "Make a .inlay file of a .tflite file", [args] { convert(*args); });
  command.option("IN", args->in, "the model to read: .tflite").required();
  command.option("-o,--output", args->out, "the .inlay file to write").required();
  command.option("--shape", args->shapes, "NAME=1x3x224x224: fixes the shape of an input").check(check_shape, "NAME=DIMS");
  command.option("--ops", args->ops, kOpsHelp);
  command.option("--custom-op", args->custom_ops, "NAME: a custom op you register where the model runs; its shapes are the file's");
  command.option("--labels", args->labels, "class names, one a line, kept in the model");
  command.option("--input-mean", args->mean, "real = (pixel - mean) / std of input 0; one number, or one per channel by commas");
  command.option("--input-std", args->std, "see --input-mean");
}

}  // namespace inlay::tools
