// SPDX-License-Identifier: Apache-2.0
// cublasLt without its headers: what is used of its C interface as NVIDIA's "cuBLAS Library" guide documents it, cublasLt API. A
// test compares the numbers with the headers where they are installed. Matrices are column by column there: our rows are its
// columns, so that out = weights^T * in, and all three have their depth, or their channels, in a column.
#include "bench/gemm/cublaslt.h"

#include <dlfcn.h>

#include "bench/gemm/sides.h"

namespace inlay::bench {
namespace {

using namespace lt;  // NOLINT(google-build-using-namespace)

constexpr size_t kWorkspace = size_t{32} << 20;  // what the guide recommends for Hopper

struct Types {
  int inputs, output, compute, scale;
};
Types types_of(GemmType type, LtOutput output) {
  switch (type) {
    case GemmType::kFp16: return {kR16F, kR16F, kCompute32F, kR32F};
    case GemmType::kBf16: return {kR32F, kR32F, kCompute32FFast16BF, kR32F};
    case GemmType::kTf32: return {kR32F, kR32F, kCompute32FFastTF32, kR32F};
    default: return output == LtOutput::kSums ? Types{kR8I, kR32I, kCompute32I, kR32I} : Types{kR8I, kR8I, kCompute32I, kR32F};
  }
}
size_t bytes_of_type(int type) { return type == kR8I ? 1 : type == kR16F ? 2 : 4; }

/// A descriptor with its destroyer.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(void* what, int (*destroy)(void*)) : what_(what), destroy_(destroy) {}
  Descriptor(Descriptor&& other) noexcept { *this = std::move(other); }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(what_, other.what_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~Descriptor() {
    if (what_ != nullptr) static_cast<void>(destroy_(what_));
  }
  void* get() const { return what_; }

 private:
  void* what_ = nullptr;
  int (*destroy_)(void*) = nullptr;
};

class Library;

class LtSide : public Side {
 public:
  LtSide(const Library& library, Queue& queue, Product& product, LtOutput output);
  std::string name() const override { return name_; }
  void enqueue() override;
  std::vector<uint8_t> output() override;

 private:
  void check(int status, const char* what) const;
  Descriptor layout(int type, uint64_t rows, uint64_t columns) const;
  void find_algorithm(const Functions& f);

  const Library& library_;
  Queue& queue_;
  GemmShape shape_;
  Types types_;
  std::string name_;
  Descriptor product_, a_, b_, d_;
  Heuristic best_ = {};
  cuda::Owned in_, weights_, out_, workspace_;
  union {
    int32_t whole;
    float real;
  } one_ = {}, zero_ = {};
};

class Library : public CublasLt {
 public:
  Library(void* library, const Functions& functions, void* handle) : f(functions), handle_(handle), library_(library) {}
  ~Library() override {
    static_cast<void>(f.destroy(handle_));
    dlclose(library_);
  }
  std::unique_ptr<Side> make_side(Queue& queue, Product& product, LtOutput output, std::string* why) override {
    try {
      return std::make_unique<LtSide>(*this, queue, product, output);
    } catch (const NoAlgorithm& none) {
      *why = none.text;
      return nullptr;
    }
  }
  std::string version() const override { return std::to_string(f.version()); }
  void* handle() const { return handle_; }
  struct NoAlgorithm {
    std::string text;
  };

  const Functions f;

 private:
  void* handle_;
  void* library_;
};

LtSide::LtSide(const Library& library, Queue& queue, Product& product, LtOutput output)
    : library_(library), queue_(queue), shape_(product.shape()), types_(types_of(product.type(), output)) {
  const Functions& f = library.f;
  // Its int8 kernels take multiples of 4: more rows than asked for, whose answers nobody reads.
  const bool int8 = product.type() == GemmType::kInt8;
  const auto m = static_cast<uint64_t>(int8 ? (shape_.m + 3) / 4 * 4 : shape_.m), n = static_cast<uint64_t>(shape_.n),
             k = static_cast<uint64_t>(shape_.k);
  name_ = !int8 ? "cublasLt" : output == LtOutput::kSums ? "cublasLt, int32 out" : "cublasLt, int8 out";
  types_.scale == kR32I ? static_cast<void>(one_.whole = 1) : static_cast<void>(one_.real = 1.0f);
  void* made = nullptr;
  check(f.product_create(&made, types_.compute, types_.scale), "no description of a product");
  product_ = Descriptor(made, f.product_destroy);
  const int32_t transposed = kTransposed;
  check(f.product_set(product_.get(), kProductTransposeA, &transposed, sizeof(transposed)), "no transposed weights");
  a_ = layout(types_.inputs, k, n);
  b_ = layout(types_.inputs, k, m);
  d_ = layout(types_.output, n, m);
  find_algorithm(f);
  std::vector<uint8_t> in = product.on_device(queue.caps(), 0);
  in.resize(m * k * bytes_of_type(types_.inputs));
  in_ = queue.memory_with(in);
  weights_ = queue.memory_with(product.on_device(queue.caps(), 1));
  out_ = cuda::make_memory(queue.context(), m * n * bytes_of_type(types_.output));
  workspace_ = cuda::make_memory(queue.context(), kWorkspace);
}

Descriptor LtSide::layout(int type, uint64_t rows, uint64_t columns) const {
  void* made = nullptr;
  check(library_.f.layout_create(&made, type, rows, columns, static_cast<int64_t>(rows)), "no layout of a matrix");
  return {made, library_.f.layout_destroy};
}

void LtSide::find_algorithm(const Functions& f) {
  void* made = nullptr;
  check(f.preference_create(&made), "no preferences");
  const Descriptor preference(made, f.preference_destroy);
  const uint64_t most = kWorkspace;
  check(f.preference_set(preference.get(), kPreferenceWorkspace, &most, sizeof(most)), "no workspace");
  int found = 0;
  const int status =
      f.heuristic(library_.handle(), product_.get(), a_.get(), b_.get(), d_.get(), d_.get(), preference.get(), 1, &best_, &found);
  if (status != 0 || found < 1 || best_.state != 0) {
    throw Library::NoAlgorithm{"cublasLt has no algorithm (status " + std::to_string(status != 0 ? status : best_.state) + ")"};
  }
}

void LtSide::enqueue() {
  check(library_.f.multiply(library_.handle(), product_.get(), &one_, weights_.get(), a_.get(), in_.get(), b_.get(), &zero_,
                            out_.get(), d_.get(), out_.get(), d_.get(), &best_.algorithm, workspace_.get(), kWorkspace,
                            queue_.stream()),
        "the product does not start");
}

std::vector<uint8_t> LtSide::output() {
  return queue_.read(out_, static_cast<size_t>(shape_.m) * static_cast<size_t>(shape_.n) * bytes_of_type(types_.output));
}

void LtSide::check(int status, const char* what) const {
  if (status != 0)
    throw gpu::Failure(INLAY_STATUS_BACKEND_FAILED,
                       "cublasLt: " + std::string(what) + " (status " + std::to_string(status) + ")");
}

template <typename Function>
bool find(void* library, const char* name, Function* out, std::string* why) {
  *out = reinterpret_cast<Function>(dlsym(library, name));
  if (*out == nullptr) *why = std::string("it has no ") + name;
  return *out != nullptr;
}

bool find_all(void* library, Functions* f, std::string* why) {
  return find(library, "cublasLtGetVersion", &f->version, why) && find(library, "cublasLtCreate", &f->create, why) &&
         find(library, "cublasLtDestroy", &f->destroy, why) &&
         find(library, "cublasLtMatmulDescCreate", &f->product_create, why) &&
         find(library, "cublasLtMatmulDescSetAttribute", &f->product_set, why) &&
         find(library, "cublasLtMatmulDescDestroy", &f->product_destroy, why) &&
         find(library, "cublasLtMatrixLayoutCreate", &f->layout_create, why) &&
         find(library, "cublasLtMatrixLayoutDestroy", &f->layout_destroy, why) &&
         find(library, "cublasLtMatmulPreferenceCreate", &f->preference_create, why) &&
         find(library, "cublasLtMatmulPreferenceSetAttribute", &f->preference_set, why) &&
         find(library, "cublasLtMatmulPreferenceDestroy", &f->preference_destroy, why) &&
         find(library, "cublasLtMatmulAlgoGetHeuristic", &f->heuristic, why) &&
         find(library, "cublasLtMatmul", &f->multiply, why);
}

}  // namespace

std::unique_ptr<CublasLt> CublasLt::open(const std::string& path, std::string* why) {
  const std::vector<std::string> names =
      path.empty() ? std::vector<std::string>{"libcublasLt.so.13", "libcublasLt.so.12"} : std::vector<std::string>{path};
  void* library = nullptr;
  for (const std::string& name : names) {
    library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) break;
    *why = dlerror();
  }
  if (library == nullptr) return nullptr;
  Functions f = {};
  void* handle = nullptr;
  if (find_all(library, &f, why)) {
    const int status = f.create(&handle);
    if (status == 0) return std::make_unique<Library>(library, f, handle);
    *why = "cublasLtCreate answers status " + std::to_string(status);
  }
  dlclose(library);
  return nullptr;
}

}  // namespace inlay::bench
