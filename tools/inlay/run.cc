// SPDX-License-Identifier: Apache-2.0
// inlay run: files in, answers out.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <sstream>

#include "tools/emit/emit.h"
#include "tools/inlay/commands.h"
#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/inputs.h"
#include "tools/inlay/npy.h"
#include "tools/inlay/user_ops.h"
#include "tools/tune/choose.h"

namespace inlay::tools {
namespace {

struct RunArgs {
  std::string model, out, labels, mean, std;
  std::string backend = "auto";
  std::string fast_math = "none", cache = "auto";
  std::vector<std::string> inputs, ops;
  std::string profile;
  int32_t threads = 1;
  bool stream = false, any_board = false, allow_inexact = false, save_inputs = false;
};

/// DIR/in_0.npy or DIR/out_0.npy.
void save_array(const RunArgs& args, const char* what, int32_t index, const inlay_tensor_info& info,
                const std::vector<int64_t>& shape, const void* data, size_t bytes) {
  const Bytes npy = format_npy(info.dtype, shape, data, bytes);
  write_file((std::filesystem::path(args.out) / (what + std::to_string(index) + ".npy")).string(), npy.data(), npy.size());
}

void write_inputs(const inlay_model* model, inlay_session* session, const RunArgs& args) {
  const int32_t count = inlay_model_input_count(model);
  const auto given = static_cast<int32_t>(args.inputs.size());
  if (given != 0 && given != count) {
    throw Error("the model has " + std::to_string(count) + " input(s), but -i came " + std::to_string(given) +
                " time(s); give one -i for each input, in the model's order (see inlay inspect)");
  }
  if (given == 0 && count != 0) std::fprintf(stderr, "inlay run: note: no -i: every input is filled with zeros\n");
  for (int32_t i = 0; i < count; ++i) {
    const inlay_tensor_info info = input_info(model, i);
    void* memory = inlay_session_input(session, i);
    if (memory == nullptr) throw Error(describe("input", i, info) + " has no memory in the session");
    Bytes bytes(info.bytes);
    if (given != 0) bytes = load_input(args.inputs[i], info, i, find_normalization(model, i, args.mean, args.std));
    if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
    if (args.save_inputs) save_array(args, "in_", i, info, shape_of(info), bytes.data(), bytes.size());
  }
}

/// Label files of the kind "17 name": where every line begins with its own index and a name follows, only the name.
std::vector<std::string> without_numbers(std::vector<std::string> labels) {
  std::vector<std::string> names;
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::string number = std::to_string(i);
    const size_t name = labels[i].find_first_not_of(" \t:,", number.size());
    if (labels[i].compare(0, number.size(), number) != 0 || name == std::string::npos || name == number.size()) return labels;
    names.push_back(labels[i].substr(name));
  }
  return names;
}

std::vector<std::string> read_labels(const inlay_model* model, const std::string& path) {
  std::string text;
  if (!path.empty()) {
    const Bytes file = read_file(path);
    text.assign(file.begin(), file.end());
  } else if (const char* stored = inlay_model_metadata(model, "labels")) {
    text = stored;
  }
  std::vector<std::string> labels;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) labels.push_back(printable(line.substr(0, line.find('\r')).c_str()));
  return without_numbers(std::move(labels));
}

/// The five largest values, the lower index first among equals.
void print_top(const inlay_tensor_info& info, const void* data, const std::vector<std::string>& labels) {
  const size_t classes = element_count(info);
  std::vector<double> values(classes);
  for (size_t i = 0; i < classes; ++i) values[i] = real_at(info, data, i);
  std::vector<size_t> order(classes);
  std::iota(order.begin(), order.end(), size_t{0});
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(classes, 5));
  const auto rank = [&](size_t i) { return values[i] == values[i] ? values[i] : -HUGE_VAL; };  // NaN comes last
  std::partial_sort(order.begin(), end, order.end(), [&](size_t a, size_t b) { return rank(a) != rank(b) ? rank(a) > rank(b) : a < b; });
  for (auto it = order.begin(); it != end; ++it) {
    std::printf("  %8.4f  %5zu  %s\n", values[*it], *it, *it < labels.size() ? labels[*it].c_str() : "");
  }
}

/// The first values, in the real numbers they stand for.
void print_first(const inlay_tensor_info& info, const void* data) {
  constexpr size_t kShown = 5;
  const size_t count = element_count(info);
  if (count == 0 || info.dtype == INLAY_COMPLEX64 || info.dtype == INLAY_INT4) return;
  std::printf(" ");
  for (size_t i = 0; i < std::min(count, kShown); ++i) std::printf(" %.6g", real_at(info, data, i));
  std::printf("%s\n", count > kShown ? " ..." : "");
}

/// One score per class: only the last dim is larger than 1.
bool is_classes(const inlay_tensor_info& info) {
  return info.rank >= 1 && info.dims[info.rank - 1] >= 2 && element_count(info) == static_cast<size_t>(info.dims[info.rank - 1]);
}

void report_outputs(const inlay_model* model, inlay_session* session, const RunArgs& args,
                    const std::vector<std::string>& labels) {
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) {
    const inlay_tensor_info info = output_info(model, i);
    const void* data = inlay_session_output(session, i);
    if (data == nullptr) throw Error(describe("output", i, info) + " has no memory in the session");
    std::printf("%s\n", describe("output", i, info).c_str());
    if (is_classes(info)) {
      print_top(info, data, labels);
    } else {
      print_first(info, data);
    }
    if (!args.out.empty()) save_array(args, "out_", i, info, shape_of(info), data, info.bytes);
  }
}

/// Runs once per frame and keeps the model's state in between; outputs get a dim of frames in front.
void stream(const inlay_model* model, inlay_session* session, const RunArgs& args) {
  const int32_t inputs = inlay_model_input_count(model), outputs = inlay_model_output_count(model);
  if (static_cast<int32_t>(args.inputs.size()) != inputs || inputs == 0) {
    throw Error("--stream takes one -i for each of the model's " + std::to_string(inputs) + " inputs");
  }
  std::vector<Bytes> frames, results(static_cast<size_t>(outputs));
  size_t count = 0;
  for (int32_t i = 0; i < inputs; ++i) {
    const inlay_tensor_info info = input_info(model, i);
    frames.push_back(load_frames(args.inputs[static_cast<size_t>(i)], info, i));
    const size_t here = info.bytes == 0 ? count : frames.back().size() / info.bytes;
    if (i > 0 && here != count) throw Error("the inputs have different numbers of frames: " + std::to_string(count) + " and " + std::to_string(here));
    count = here;
  }
  for (size_t frame = 0; frame < count; ++frame) {
    for (int32_t i = 0; i < inputs; ++i) {
      const size_t bytes = input_info(model, i).bytes;
      if (bytes != 0) std::memcpy(inlay_session_input(session, i), frames[static_cast<size_t>(i)].data() + frame * bytes, bytes);
    }
    run_session(session);
    for (int32_t i = 0; i < outputs; ++i) {
      const auto* data = static_cast<const uint8_t*>(inlay_session_output(session, i));
      results[static_cast<size_t>(i)].insert(results[static_cast<size_t>(i)].end(), data, data + output_info(model, i).bytes);
    }
  }
  for (int32_t i = 0; i < outputs; ++i) {
    const inlay_tensor_info info = output_info(model, i);
    std::printf("%s, %zu frames\n", describe("output", i, info).c_str(), count);
    if (args.out.empty()) continue;
    std::vector<int64_t> shape = shape_of(info);
    shape.insert(shape.begin(), static_cast<int64_t>(count));
    const Bytes& all = results[static_cast<size_t>(i)];
    save_array(args, "out_", i, info, shape, all.data(), all.size());
  }
}

void run(const RunArgs& args) {
  load_ops(args.ops);
  const ModelPtr model = open_model(args.model);
  const Placed placed = place_by(model.get(), args.backend, args.threads, args.profile, args.any_board);
  const SessionOptions how = {args.threads,     args.allow_inexact, fast_math_bits(args.fast_math),
                              placed.placement, nullptr,            args.cache,
                              placed.variants};
  const SessionPtr session = make_session(model.get(), placed.devices, how);
  const std::vector<std::string> labels = read_labels(model.get(), args.labels);
  if (!args.out.empty()) make_folder(args.out);  // what can fail early does
  if (args.stream) return stream(model.get(), session.get(), args);
  write_inputs(model.get(), session.get(), args);
  run_session(session.get());
  report_outputs(model.get(), session.get(), args, labels);
}

}  // namespace

void add_run(Arguments& app) {
  const auto args = std::make_shared<RunArgs>();
  Arguments command = app.command("run", "Run a model on inputs from files", [args] { run(*args); });
  command.option("MODEL", args->model, "the .inlay file").required();
  command.option("-i,--input", args->inputs, "a .npy, .wav, PNG, JPEG or BMP file; one -i per input, in the model's order");
  command.option("-o,--output", args->out, "a folder: out_K.npy is written there for every output");
  const Argument save =
      command.flag("--save-inputs", args->save_inputs, "also in_K.npy: each input as the model got it").needs("--output");
  command.flag("--stream", args->stream, "each -i is a .npy of frames: run once per frame, keep the model's state in between")
      .excludes(save);
  command.option("--backend", args->backend, "auto, or devices by preference: builtin,reference; a path ending in .so is loaded");
  command.option("--profile", args->profile, kProfileHelp);
  command.flag("--any-board", args->any_board, kAnyBoardHelp);
  command.option("--ops", args->ops, kOpsHelp);
  command.option("--threads", args->threads, "threads of the session").range(1, 1024);
  command.flag("--allow-inexact", args->allow_inexact, kInexactHelp);
  command.option("--fast-math", args->fast_math, kFastMathHelp);
  command.option("--cache", args->cache, kCacheHelp);
  command.option("--labels", args->labels, "class names, one a line, instead of the model's");
  command.option("--mean", args->mean, "of pictures: real = (pixel - mean) / std; one number, or one per channel by commas");
  command.option("--std", args->std, "see --mean");
}

}  // namespace inlay::tools
