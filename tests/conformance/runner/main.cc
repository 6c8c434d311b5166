// SPDX-License-Identifier: Apache-2.0
// inlay_conformance: the cases of tests/conformance/data on every backend of this build.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "conformance/runner/choose.h"
#include "conformance/runner/prepared.h"
#include "conformance/runner/report.h"
#include "tools/emit/emit.h"
#include "tools/inlay/arguments.h"
#include "tools/inlay/handles.h"

namespace inlay::conformance {
namespace {

struct Args {
  std::string mode = "test", backend = "all", markdown, data = INLAY_SOURCE_DIR "/tests/conformance/data";
  std::string fast_math = "none";
  std::vector<std::string> ops;
  Choice choice;
  int threads = 1, variant = 0;
  bool allow_inexact = false;
};

/// Cuts every op that can be cut, however small.
const inlay_pool* eager_pool(int threads) {
  inlay_pool_config config = {};
  config.struct_size = sizeof(config);
  config.threads = threads;
  config.grain = 1;
  const inlay_pool* pool = nullptr;
  inlay_error error = {};
  tools::check(inlay_pool_create(&config, &pool, &error), error, "making threads");
  return pool;
}

std::vector<Device> choose_devices(const std::string& name) {
  const bool is_file = name.size() > 3 && name.compare(name.size() - 3, 3, ".so") == 0;
  if (is_file) return {{name, tools::find_devices(name)[0], false, false}};
  std::vector<Device> all = every_device();
  if (name == "all") return all;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Device& d) { return d.name == name; });
  if (found != all.end()) return {*found};
  return {{name, tools::find_devices(name).back(), false}};  // of a list, whose other names load it
}

/// The ops of the data folder in the order of ops.inc, the others behind.
std::vector<StoredOp> read_ops(const Args& args) {
  std::vector<StoredOp> ops;
  for (const auto& entry : std::filesystem::directory_iterator(args.data)) {
    if (entry.path().extension() != ".json") continue;
    const std::string stem = entry.path().stem().string();
    StoredOp op = read_cases(entry.path().string());
    const auto asked = [&](const std::string& name) { return name == op.name || name == stem; };
    if (args.ops.empty() || std::any_of(args.ops.begin(), args.ops.end(), asked)) ops.push_back(std::move(op));
  }
  if (ops.empty()) throw tools::Error("no data for the ops asked for in " + args.data);
  const auto order = [](const StoredOp& op) { return op.kind == INLAY_OP_NONE ? INLAY_OP_CUSTOM : static_cast<int>(op.kind); };
  std::sort(ops.begin(), ops.end(),
            [&](const StoredOp& a, const StoredOp& b) { return order(a) != order(b) ? order(a) < order(b) : a.name < b.name; });
  return ops;
}

int measure(const std::vector<StoredOp>& ops, const std::vector<Device>& devices) {
  for (const StoredOp& op : ops) {
    for (const StoredCase& stored : op.cases) {
      const CaseModel model(stored, true);
      for (const Device& device : devices) {
        const char* reason = rejection(device, model.graph(), nodes_of(model.graph(), INLAY_OP_NONE));
        if (reason != nullptr) continue;
        std::printf("%-24s %-36s %-10s %10.3f us\n", op.name.c_str(), stored.name.c_str(), device.name.c_str(),
                    time_case(model, stored, device));
      }
    }
  }
  return 0;
}

int test(const Args& args, const std::vector<StoredOp>& ops, const std::vector<Device>& devices) {
  std::vector<OpReport> reports;
  int failed = 0;
  for (const StoredOp& op : ops) {
    reports.push_back(test_op(op, devices));
    if (args.mode == "test") failed += print_report(reports.back(), devices);
  }
  if (args.mode == "test") return failed > 0 ? 1 : 0;
  const std::string text = markdown(reports, devices);
  if (args.markdown.empty()) {
    std::fputs(text.c_str(), stdout);
  } else {
    tools::write_file(args.markdown, text.data(), text.size());
  }
  return 0;
}

int run(const Args& args) {
  std::vector<Device> devices = choose_devices(args.backend);
  const std::unique_ptr<const inlay_pool, decltype(&inlay_pool_destroy)> pool(
      args.threads > 1 ? eager_pool(args.threads) : nullptr, inlay_pool_destroy);
  for (Device& device : devices) device.pool = pool.get();
  const uint32_t fast_math = tools::fast_math_bits(args.fast_math);
  for (Device& device : devices) {
    device.allow_inexact = args.allow_inexact;
    device.fast_math = fast_math;
    device.variant = args.variant;
  }
  // The table is for users, and the template is only a thing to copy.
  if (args.mode == "support" && devices.size() > 1 && devices[0].name == "template") devices.erase(devices.begin());
  std::vector<StoredOp> ops = read_ops(args);
  choose_cases(args.choice, devices, &ops);
  if (args.mode == "prepared") return print_prepared(ops) > 0 ? 1 : 0;
  return args.mode == "perf" ? measure(ops, devices) : test(args, ops, devices);
}

}  // namespace
}  // namespace inlay::conformance

int main(int argc, char** argv) {
  inlay::conformance::Args args;
  inlay::tools::Arguments app("Runs the cases of tests/conformance/data", "inlay_conformance");
  app.option("--mode", args.mode, "test, perf (median time per case), support (the table of ops, dtypes and backends) or prepared (what prepare leaves)")
      .one_of({"test", "perf", "support", "prepared"});
  app.option("--backend", args.backend, "a device such as builtin or opencl, or a backend's .so; all: every one of this build but accelerators");
  app.option("--threads", args.threads, "more than 1: every op in parts, and the bits compared with those of one thread")
      .range(1, 64);
  app.list("--op", args.ops, "NAMEs of ops.inc or names of data files; default: all");
  app.flag("--allow-inexact", args.allow_inexact,
               "also ops that a backend refuses because they do not keep docs/numerics.md");
  app.option("--fast-math", args.fast_math, inlay::tools::kFastMathHelp);
  app.option("--variant", args.variant, "of the ways in which a device can run an op, the one of this number, where it has so many").range(0, 255);
  app.option("--case", args.choice.only_case, "one case");
  app.option("--max-bytes", args.choice.max_bytes, "only cases whose model, inputs and outputs have at most so many").range(0, 1 << 30);
  app.option("--limit", args.choice.limit, "of each op and its dtypes, at most so many of the cases that a device takes, spread");
  app.option("--data", args.data, "the folder of .json files");
  app.option("--markdown", args.markdown, "support: the file to write");
  if (const int done = app.parse(argc, argv); done >= 0) return done;
  try {
    return inlay::conformance::run(args);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inlay_conformance: %s\n", error.what());
    return 2;
  }
}
