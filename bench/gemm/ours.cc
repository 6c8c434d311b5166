// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm/sides.h"
#include "cuda/ops.h"

namespace inlay::bench {
namespace {

using gpu::Launch;

class Ours : public Side {
 public:
  Ours(Queue& queue, Product& product, uint8_t variant) : queue_(queue), type_(product.type()) {
    const gpu::Node node = product.node(queue.caps(), variant);
    cuda::find_op(node.node->kind)->plan(node, &recipe_);
    const auto outputs = static_cast<size_t>(product.shape().m) * static_cast<size_t>(product.shape().n);
    tensors_[0] = queue.memory_with(product.on_device(queue.caps(), 0));
    tensors_[1] = queue.memory_with(product.on_device(queue.caps(), 1));
    output_bytes_ = outputs * static_cast<size_t>(bytes_of(type_));
    tensors_[2] = cuda::make_memory(queue.context(), output_bytes_);
    size_t scratch = 0;
    for (const Launch& launch : recipe_.launches) {
      for (const Launch::Argument& a : launch.arguments) {
        if (a.kind == Launch::Kind::kScratch) scratch = std::max(scratch, a.bytes);
      }
    }
    scratch_ = cuda::make_memory(queue.context(), scratch);
    for (const Launch& launch : recipe_.launches) add(launch);
  }

  /// The form, and what its first kernel was made for.
  std::string name() const override { return recipe_.kernel + ", " + recipe_.launches[0].id.options; }
  std::vector<uint8_t> output() override { return queue_.read(tensors_[2], output_bytes_); }
  void enqueue() override {
    for (Call& call : calls_) {
      call.launch.args = call.args.data();
      queue_.check(queue_.driver().launch(queue_.context().device(), &call.launch, queue_.stream()), "a kernel does not start");
    }
  }

 private:
  struct Call {
    inlay_cuda_launch launch;
    std::vector<std::vector<uint64_t>> values;
    std::vector<void*> args;  ///< lead into values
  };

  void* memory_of(const Launch::Argument& a) {
    if (a.kind == Launch::Kind::kScratch) return scratch_.get();
    if (a.kind == Launch::Kind::kTensor) return a.tensor >= 0 ? tensors_[a.tensor].get() : nullptr;
    constants_.push_back(queue_.memory_with(a.data));
    return constants_.back().get();
  }

  void add(const Launch& launch) {
    Call call = {};
    call.launch.kernel = queue_.driver().find_kernel(launch.id.source.c_str(), launch.id.options.c_str(), launch.kernel.c_str());
    if (call.launch.kernel == nullptr) throw gpu::Failure(INLAY_STATUS_BACKEND_FAILED, "no kernel " + launch.id.key());
    for (int d = 0; d < 3; ++d) {
      const size_t block = launch.local_size[0] != 0 ? launch.local_size[d] : d == 0 ? 128 : 1;
      call.launch.block[d] = static_cast<uint32_t>(block);
      call.launch.grid[d] = static_cast<uint32_t>((launch.global[d] + block - 1) / block);
    }
    for (const Launch::Argument& a : launch.arguments) {
      if (a.kind == Launch::Kind::kLocal) {
        call.launch.shared_bytes += a.bytes;
        continue;
      }
      const bool by_value = a.kind == Launch::Kind::kValue;
      const void* const place = by_value ? nullptr : memory_of(a);
      call.values.emplace_back(by_value ? a.bytes / 8 + 1 : 1);
      std::memcpy(call.values.back().data(), by_value ? a.data.data() : static_cast<const void*>(&place),
                  by_value ? a.bytes : sizeof(place));
    }
    for (std::vector<uint64_t>& value : call.values) call.args.push_back(value.data());
    if (call.launch.shared_bytes > 48 * 1024) {
      const auto allow = queue_.driver().allow_shared;
      queue_.check(allow(queue_.context().device(), call.launch.kernel, call.launch.shared_bytes), "no shared memory");
    }
    calls_.push_back(std::move(call));
  }

  Queue& queue_;
  GemmType type_;
  gpu::Recipe recipe_;
  cuda::Owned tensors_[3], scratch_;
  size_t output_bytes_;
  std::vector<cuda::Owned> constants_;
  std::vector<Call> calls_;
};

}  // namespace

cuda::Owned Queue::memory_with(const std::vector<uint8_t>& bytes) {
  cuda::Owned memory = cuda::make_memory(*context_, bytes.size());
  check(driver().copy_in(context_->device(), memory.get(), bytes.data(), bytes.size(), stream()), "no copy to the device");
  drain();  // `bytes` may go
  return memory;
}

std::vector<uint8_t> Queue::read(const cuda::Owned& memory, size_t bytes) {
  std::vector<uint8_t> out(bytes);
  drain();
  check(driver().copy_out(context_->device(), out.data(), memory.get(), bytes, stream()), "no copy from the device");
  drain();
  return out;
}

std::unique_ptr<Side> make_ours(Queue& queue, Product& product, uint8_t variant) {
  return std::make_unique<Ours>(queue, product, variant);
}

int32_t variants_of(const Queue& queue, Product& product) {
  const gpu::Node node = product.node(queue.caps(), 0);
  return cuda::find_op(node.node->kind)->variants(node);
}

}  // namespace inlay::bench
