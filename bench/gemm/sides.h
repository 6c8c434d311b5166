// SPDX-License-Identifier: Apache-2.0
// The two sides of the comparison: a product's launches as ops plan them, and cublasLt's. Each has its memory on the device.
#pragma once
#include <memory>

#include "bench/gemm/product.h"
#include "cuda/device.h"

namespace inlay::bench {

/// A device, a stream on it, and what goes to and fro. Throws gpu::Failure.
class Queue {
 public:
  explicit Queue(cuda::Device& device) : device_(device), context_(device.context()), stream_(cuda::make_stream(*context_)) {}
  cuda::Context& context() { return *context_; }
  const gpu::Caps& caps() const { return device_.caps(); }
  const inlay_cuda_driver& driver() const { return context_->driver(); }
  void* stream() const { return stream_.get(); }
  void check(int code, const char* what) { context_->check(code, what); }
  cuda::Owned memory_with(const std::vector<uint8_t>& bytes);
  std::vector<uint8_t> read(const cuda::Owned& memory, size_t bytes);
  void drain() { check(driver().drain(context_->device(), stream()), "the device did not finish"); }

 private:
  cuda::Device& device_;
  std::shared_ptr<cuda::Context> context_;  ///< before all that it owns
  cuda::Owned stream_;
};

/// Somebody's way of computing a product.
class Side {
 public:
  virtual ~Side() = default;
  virtual std::string name() const = 0;
  /// Into the queue's stream. Throws gpu::Failure.
  virtual void enqueue() = 0;
  /// [m][n], after enqueue(): ours of the product's type; cublasLt's int32 for int8.
  virtual std::vector<uint8_t> output() = 0;
};

/// By the backend's forms. variant 0: what it would take itself.
std::unique_ptr<Side> make_ours(Queue& queue, Product& product, uint8_t variant);
/// How many variants there are.
int32_t variants_of(const Queue& queue, Product& product);

/// What cublasLt writes for int8: the sums, or one scale for all of them and rounded to int8, which moves less memory.
enum class LtOutput { kSums, kInt8 };
class CublasLt {
 public:
  /// `path` empty: by the names that versions 13 and 12 have. NULL with a sentence.
  static std::unique_ptr<CublasLt> open(const std::string& path, std::string* why);
  virtual ~CublasLt() = default;
  /// NULL with a sentence where it has no algorithm for that.
  virtual std::unique_ptr<Side> make_side(Queue& queue, Product& product, LtOutput output, std::string* why) = 0;
  virtual std::string version() const = 0;
};

}  // namespace inlay::bench
