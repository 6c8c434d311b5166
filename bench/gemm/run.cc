// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm/run.h"

#include <cstdio>

#include "bench/gemm/sides.h"

namespace inlay::bench {
namespace {

constexpr int kWarmUps = 3;

/// One side, captured as a graph of `repeats` products, so that the host is no part of what is measured.
class Measured {
 public:
  Measured(Queue& queue, std::unique_ptr<Side> side, int32_t repeats) : queue_(queue), side_(std::move(side)), repeats_(repeats) {
    const int32_t device = queue.context().device();
    side_->enqueue();  // libraries load their kernels now, which no capture takes
    queue.drain();
    from_ = cuda::make_event(queue.context(), true);
    to_ = cuda::make_event(queue.context(), true);
    queue.check(queue.driver().begin_capture(device, queue.stream()), "no capture of a graph");
    void* graph = nullptr;
    try {
      for (int32_t i = 0; i < repeats; ++i) side_->enqueue();
    } catch (...) {
      if (queue.driver().end_capture(device, queue.stream(), &graph) == 0)
        graph_ = cuda::Owned(queue.context(), queue.driver().drop_graph, graph);
      throw;
    }
    queue.check(queue.driver().end_capture(device, queue.stream(), &graph), "no graph");
    graph_ = cuda::Owned(queue.context(), queue.driver().drop_graph, graph);
  }

  void measure(bool counts) {
    const inlay_cuda_driver& driver = queue_.driver();
    const int32_t device = queue_.context().device();
    queue_.check(driver.record(device, from_.get(), queue_.stream()), "no event");
    queue_.check(driver.start_graph(device, graph_.get(), queue_.stream()), "the graph does not start");
    queue_.check(driver.record(device, to_.get(), queue_.stream()), "no event");
    queue_.check(driver.wait_event(device, to_.get()), "the device did not finish");
    float milliseconds = 0.0f;
    queue_.check(driver.elapsed(device, from_.get(), to_.get(), &milliseconds), "no times");
    if (counts) seconds_.push_back(static_cast<double>(milliseconds) * 1e-3 / repeats_);
  }
  Spread spread() const { return spread_of(seconds_); }
  Side& side() { return *side_; }

 private:
  Queue& queue_;
  std::unique_ptr<Side> side_;
  int32_t repeats_;
  cuda::Owned from_, to_, graph_;
  std::vector<double> seconds_;
};

std::string number(double v, const char* format, bool known = true) {
  char text[32];
  std::snprintf(text, sizeof(text), format, v);
  return known ? text : "-";
}

/// All sides of a product: ours first, then cublasLt's.
struct Contest {
  std::vector<Measured> ours, theirs;
  std::string note;  ///< why somebody does not take part
};

Contest make_contest(Queue& queue, Product& product, CublasLt* library, const GemmOptions& options) {
  Contest all;
  const int32_t repeats = repeats_of(product.shape(), options), variants = options.variants ? variants_of(queue, product) : 0;
  for (int32_t v = 0; v <= variants; ++v)
    all.ours.emplace_back(queue, make_ours(queue, product, static_cast<uint8_t>(v)), repeats);
  if (library == nullptr) return all;
  for (const LtOutput output : {LtOutput::kSums, LtOutput::kInt8}) {
    if (output == LtOutput::kInt8 && product.type() != GemmType::kInt8) continue;
    std::unique_ptr<Side> side = library->make_side(queue, product, output, &all.note);
    if (side != nullptr) all.theirs.emplace_back(queue, std::move(side), repeats);
  }
  return all;
}

/// Ours against cublasLt's exact sums, or its floats, which come first. Whether nothing differs.
bool check_answers(Contest& contest, const Product& product) {
  if (contest.theirs.empty() || contest.theirs[0].side().name() == "cublasLt, int8 out") return true;
  const std::vector<uint8_t> sums = contest.theirs[0].side().output();
  bool same = true;
  for (Measured& m : contest.ours) {
    const std::string difference = product.difference(m.side().output(), sums);
    if (difference.empty()) continue;
    std::fprintf(stderr, "cuda_gemm: %s of %s differs from cublasLt: %s\n", m.side().name().c_str(),
                 text_of(product.shape()).c_str(), difference.c_str());
    same = false;
  }
  return same;
}

void print_line(const Product& product, Measured& m, const Floors& floors, double best_of_theirs, const char* suffix) {
  const Spread s = m.spread();
  const double floor = std::max(floors.arithmetic, floors.memory), tera = 2.0 * product.shape().products() * 1e-12;
  std::printf("| %s | %s | %s%s | %s | %s .. %s | %s | %s | %s | %s | %s |\n", name_of(product.type()),
              text_of(product.shape()).c_str(), m.side().name().c_str(), suffix, number(s.median * 1e6, "%.2f").c_str(),
              number(s.low * 1e6, "%.2f").c_str(), number(s.high * 1e6, "%.2f").c_str(), number(tera / s.median, "%.1f").c_str(),
              number(floors.arithmetic * 1e6, "%.2f", floors.arithmetic > 0.0).c_str(),
              number(floors.memory * 1e6, "%.2f", floors.memory > 0.0).c_str(),
              number(floor / s.median, "%.2f", floor > 0.0).c_str(),
              number(best_of_theirs / s.median, "%.2f", best_of_theirs > 0.0).c_str());
  std::fflush(stdout);
}

bool contest_of(Queue& queue, Product& product, CublasLt* library, const GemmOptions& options) {
  Contest contest = make_contest(queue, product, library, options);
  for (int32_t round = -kWarmUps; round < options.rounds; ++round) {
    for (Measured& m : contest.ours) m.measure(round >= 0);
    for (Measured& m : contest.theirs) m.measure(round >= 0);
  }
  double best = 0.0;
  for (Measured& m : contest.theirs) best = best == 0.0 ? m.spread().median : std::min(best, m.spread().median);
  const Floors floors = floors_of(product.shape(), product.type(), peaks_of(queue.caps().name, options));
  for (size_t i = 0; i < contest.ours.size(); ++i)
    print_line(product, contest.ours[i], floors, best, i == 0 ? " (own choice)" : "");
  for (Measured& m : contest.theirs) print_line(product, m, floors, best, "");
  if (!contest.note.empty())
    std::fprintf(stderr, "cuda_gemm: %s %s: %s\n", name_of(product.type()), text_of(product.shape()).c_str(),
                 contest.note.c_str());
  return check_answers(contest, product);
}

int run(const GemmOptions& options) {
  std::string why;
  const auto& devices = cuda::devices(&why);
  if (static_cast<size_t>(options.device) >= devices.size()) {
    std::fprintf(stderr, "cuda_gemm: %s\n",
                 devices.empty() ? why.c_str() : ("there is no device " + std::to_string(options.device)).c_str());
    return kNoDevice;
  }
  Queue queue(*devices[static_cast<size_t>(options.device)]);
  const std::unique_ptr<CublasLt> library = CublasLt::open(options.cublaslt, &why);
  const gpu::Caps& caps = queue.caps();
  std::printf("Device: %s, %s, %u multiprocessors, driver %s; cublasLt: %s; %d rounds.\n\n", caps.name.c_str(),
              caps.version.c_str(), caps.units, caps.driver.c_str(), library != nullptr ? library->version().c_str() : "none",
              options.rounds);
  if (library == nullptr) std::fprintf(stderr, "cuda_gemm: ours alone, without cublasLt: %s\n", why.c_str());
  std::printf(
      "| type | m x n x k | kernel | median us | quartiles us | 10^12 op/s | arithmetic us | memory us | floor / time | "
      "cublasLt's time / time |\n");
  std::printf("|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
  bool same = true;
  for (const GemmType type : options.types) {
    for (const GemmShape& shape : options.shapes) {
      Product product(shape, type);
      same = contest_of(queue, product, library.get(), options) && same;
    }
  }
  return same ? 0 : 1;
}

}  // namespace

int cuda_gemm(int argc, char** argv) {
  try {
    GemmOptions options;
    if (const int done = parse_gemm_options(argc, argv, &options); done >= 0) return done;
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "cuda_gemm: %s\n", failure.what());
    return 1;
  }
}

}  // namespace inlay::bench
