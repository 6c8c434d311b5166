// SPDX-License-Identifier: Apache-2.0
#include "bench/serve.h"

#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <sstream>

#include "bench/host.h"
#include "bench/report.h"
#include "tools/emit/emit.h"
#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/inputs.h"
#include "tools/inlay/npy.h"
#include "tools/tune/choose.h"

namespace inlay::bench {
namespace {

using tools::Bytes;
using tools::Error;

double clock_us(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double wall_us() { return clock_us(CLOCK_MONOTONIC); }

void answer(const Json& line) {
  std::printf("%s\n", line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  std::fflush(stdout);
}

/// The loaded model, and what the commands do with it.
class Worker {
 public:
  explicit Worker(const Options& options);
  void set_input(int32_t index, const std::string& path);
  void run(int32_t count);
  void write_output(int32_t index, const std::string& path) const;

 private:
  Json hello() const;

  tools::ModelPtr model_;
  tools::SessionPtr session_;
  std::vector<Bytes> inputs_;
  double load_us_ = 0, prepare_us_ = 0;
};

Worker::Worker(const Options& options) {
  const uint64_t before = current_rss();
  const double begin = wall_us();
  model_ = tools::open_model(options.model);
  const double loaded = wall_us();
  const tools::Placed placed = tools::place_by(model_.get(), options.backend, options.threads, options.profile, options.any_board);
  const tools::SessionOptions how = {options.threads,  options.allow_inexact, tools::fast_math_bits(options.fast_math),
                                     placed.placement, nullptr,               options.cache,
                                     placed.variants};
  session_ = tools::make_session(model_.get(), placed.devices, how);
  prepare_us_ = wall_us() - loaded;
  load_us_ = loaded - begin;
  for (int32_t i = 0; i < inlay_model_input_count(model_.get()); ++i) {
    inputs_.emplace_back(tools::input_info(model_.get(), i).bytes);
  }
  Json line = hello();
  line["rss_before"] = before;
  answer(line);
}

Json tensor_json(const inlay_tensor_info& info) {
  Json tensor = {{"dtype", inlay_dtype_name(info.dtype)}, {"shape", tools::shape_of(info)}};
  if (info.quant.count == 1) tensor["scale"] = info.quant.scales[0];
  if (info.quant.count == 1) tensor["zero_point"] = info.quant.zero_points != nullptr ? info.quant.zero_points[0] : 0;
  return tensor;
}

Json Worker::hello() const {
  Json line = {{"version", inlay_version()}, {"load_us", load_us_}, {"prepare_us", prepare_us_}};
  line["inputs"] = line["outputs"] = Json::array();
  for (int32_t i = 0; i < inlay_model_input_count(model_.get()); ++i) {
    line["inputs"].push_back(tensor_json(tools::input_info(model_.get(), i)));
  }
  for (int32_t i = 0; i < inlay_model_output_count(model_.get()); ++i) {
    line["outputs"].push_back(tensor_json(tools::output_info(model_.get(), i)));
  }
  return line;
}

void Worker::set_input(int32_t index, const std::string& path) {
  const inlay_tensor_info info = tools::input_info(model_.get(), index);
  inputs_[static_cast<size_t>(index)] = tools::load_input(path, info, index, {});
  answer({{"input", index}});
}

void Worker::run(int32_t count) {
  std::vector<double> times;
  double cpu_us = 0;
  for (int32_t n = 0; n < count; ++n) {
    // A run may reuse the memory of its inputs, so they are written anew, outside of the time.
    for (size_t i = 0; i < inputs_.size(); ++i) {
      void* to = inlay_session_input(session_.get(), static_cast<int32_t>(i));
      if (to == nullptr) throw Error("input " + std::to_string(i) + " has no memory in the session");
      if (!inputs_[i].empty()) std::memcpy(to, inputs_[i].data(), inputs_[i].size());
    }
    const double cpu_begin = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    const double begin = wall_us();
    tools::run_session(session_.get());
    times.push_back(wall_us() - begin);
    cpu_us += clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
  }
  answer({{"us", times}, {"cpu_us", cpu_us}, {"rss_peak", peak_rss()}});
}

void Worker::write_output(int32_t index, const std::string& path) const {
  const inlay_tensor_info info = tools::output_info(model_.get(), index);
  const void* data = inlay_session_output(session_.get(), index);
  if (data == nullptr) throw Error(tools::describe("output", index, info) + " has no memory in the session");
  const Bytes npy = tools::format_npy(info.dtype, tools::shape_of(info), data, info.bytes);
  tools::write_file(path, npy.data(), npy.size());
  answer({{"output", index}});
}

}  // namespace

void serve(const Options& options) {
  Worker worker(options);
  for (std::string line; std::getline(std::cin, line) && line != "quit";) {
    std::istringstream words(line);
    std::string verb, path;
    int32_t number = -1;
    words >> verb >> number >> std::ws;
    std::getline(words, path);
    if (verb == "run" && number >= 0) worker.run(number);
    else if (verb == "input" && number >= 0) worker.set_input(number, path);
    else if (verb == "output" && number >= 0) worker.write_output(number, path);
    else throw Error("--serve: no command '" + tools::printable(line.c_str()) + "'; say run N, input I FILE, output I FILE");
  }
}

}  // namespace inlay::bench
