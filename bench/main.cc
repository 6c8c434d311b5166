// SPDX-License-Identifier: Apache-2.0
// inlay-bench: how fast a model runs here. Exit codes: 0 done, 1 the work failed, 2 wrong usage.
#include <cstdio>

#include "bench/adapt.h"
#include "bench/report.h"
#include "bench/serve.h"
#include "bench/throughput.h"
#include "tools/emit/emit.h"
#include "tools/inlay/arguments.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/timeline_page.h"
#include "tools/inlay/user_ops.h"
#include "tools/tune/choose.h"

namespace {

using inlay::bench::Json;
using inlay::bench::Options;

void add_options(inlay::tools::Arguments& app, Options& options) {
  app.version(inlay_version());
  using inlay::tools::Argument;
  app.option("MODEL", options.model, "the .inlay file").required();
  const Argument backend =
      app.option("--backend", options.backend, "auto, or devices by preference: builtin; a path ending in .so is loaded");
  const Argument profile = app.option("--profile", options.profile, inlay::tools::kProfileHelp);
  app.flag("--any-board", options.any_board, inlay::tools::kAnyBoardHelp);
  app.option("--ops", options.ops, inlay::tools::kOpsHelp);
  app.option("--threads", options.threads, "threads of the session").range(1, 1024);
  app.flag("--allow-inexact", options.allow_inexact, inlay::tools::kInexactHelp);
  app.option("--fast-math", options.fast_math, inlay::tools::kFastMathHelp);
  app.option("--cache", options.cache, inlay::tools::kCacheHelp);
  const Argument runs = app.option("--runs", options.runs, "how many runs are timed").range(1, 100000000);
  app.option("--seconds", options.seconds, "how long runs are timed (default 1), ten runs at least")
      .range(0.0, 86400.0)
      .excludes(runs);
  app.option("--warmup", options.warmup, "runs before the timed ones (default 3)").range(0, 100000000);
  const Argument per_op = app.flag("--per-op", options.per_op, "a table of the ops");
  const Argument json = app.option("--json", options.json, "FILE: the result as JSON");
  const Argument trace = app.option("--trace", options.trace, "FILE: when each op ran: drawn if it ends in .html, else for ui.perfetto.dev");
  const Argument pipeline = app.flag("--pipeline", options.pipeline,
                                     "frames from stage to stage over the devices of --backend, one stage each; docs/pipelines.md");
  app.flag("--one-thread", options.one_thread, "with --pipeline: no thread per stage, one drives all").needs("--pipeline");
  const Argument sessions = app.option("--sessions", options.sessions, "whole frames on so many sessions of one pool at once")
                                .range(1, 1024)
                                .excludes(pipeline);
  const Argument serve =
      app.flag("--serve", options.serve, "take commands on stdin, answer in JSON lines: the worker of bench/compare");
  const Argument compare = app.option("--compare", options.compare, "BASE.json: ratios to an earlier --json of the same model");
  Argument adapt =
      app.flag("--adapt", options.adapt, "leave the stored placement where devices have become slower: docs/adaptation.md");
  for (const Argument& other : {backend, profile, per_op, json, trace, serve, compare, pipeline, sessions}) adapt.excludes(other);
}

void write_text(const std::string& path, const std::string& text) { inlay::tools::write_file(path, text.data(), text.size()); }

void bench(const Options& options) {
  inlay::tools::load_ops(options.ops);
  if (options.adapt) return inlay::bench::adapt(options);
  if (options.serve) return inlay::bench::serve(options);
  if (options.pipeline) return inlay::bench::bench_pipeline(options);
  if (options.sessions > 0) return inlay::bench::bench_sessions(options);
  Json base;
  if (!options.compare.empty()) base = inlay::bench::read_base(options.compare);  // before the long part
  const inlay::bench::Result result = inlay::bench::measure(options);
  const Json document = inlay::bench::to_json(result, options);
  if (!options.compare.empty()) inlay::bench::check_same_model(base, document);
  if (!options.json.empty()) write_text(options.json, inlay::bench::dump(document));
  if (!options.trace.empty()) {
    const bool page = inlay::tools::is_page(options.trace);
    inlay::tools::write_timeline(options.trace, inlay::bench::to_trace(result, page), result.model_name, "one run as measured, of median length");
  }
  inlay::bench::print_table(document, options.per_op);
  if (!options.compare.empty()) inlay::bench::print_comparison(base, document);
}

}  // namespace

int main(int argc, char** argv) {
  inlay::tools::Arguments app("How fast a model runs on this machine", "inlay-bench");
  Options options;
  add_options(app, options);
  try {
    if (const int done = app.parse(argc, argv); done >= 0) return done;
    bench(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "inlay-bench: %s\n", failure.what());
    return 1;
  }
  if (std::fflush(stdout) != 0) {
    std::fprintf(stderr, "inlay-bench: the results could not be written to stdout\n");
    return 1;
  }
  return 0;
}
