// SPDX-License-Identifier: Apache-2.0
// Tensors of a .tflite file: dtype, shape, constants, quantization. Nothing of the file is believed.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/tensor.h"
#include "tools/import/tflite/graph_import.h"
#include "tools/import/tflite/sparse.h"

namespace inlay::tools::tflite_import {
namespace {

[[noreturn]] void fail(const Tensor& t, const std::string& what) { throw Error("tensor '" + t.name + "': " + what); }

inlay_dtype dtype_of(const tfl::Tensor& source, const Tensor& t) {
  switch (source.type()) {
    case tfl::TensorType::FLOAT32: return INLAY_FLOAT32;
    case tfl::TensorType::FLOAT16: return INLAY_FLOAT16;
    case tfl::TensorType::INT32: return INLAY_INT32;
    case tfl::TensorType::UINT8: return INLAY_UINT8;
    case tfl::TensorType::INT64: return INLAY_INT64;
    case tfl::TensorType::BOOL: return INLAY_BOOL;
    case tfl::TensorType::INT16: return INLAY_INT16;
    case tfl::TensorType::COMPLEX64: return INLAY_COMPLEX64;
    case tfl::TensorType::INT8: return INLAY_INT8;
    case tfl::TensorType::FLOAT64: return INLAY_FLOAT64;
    case tfl::TensorType::UINT64: return INLAY_UINT64;
    case tfl::TensorType::UINT32: return INLAY_UINT32;
    case tfl::TensorType::UINT16: return INLAY_UINT16;
    case tfl::TensorType::INT4: return INLAY_INT4;
    case tfl::TensorType::BFLOAT16: return INLAY_BFLOAT16;
    case tfl::TensorType::RESOURCE: return kResource;
    default: break;
  }
  const char* name = tfl::EnumNameTensorType(source.type());
  fail(t, std::string("its type ") + (name[0] != '\0' ? name : std::to_string(static_cast<int>(source.type()))) +
              " is not supported; expected a numeric type such as FLOAT32 or INT8 (move that part of the model into the program)");
}

bool carries_quantization(inlay_dtype dtype) { return is_quantized_dtype(dtype) || dtype == INLAY_INT32; }

Quant quant_of(const tfl::Tensor& source, const Tensor& t) {
  Quant q;
  const auto* from = source.quantization();
  if (from == nullptr || !carries_quantization(t.dtype)) return q;  // min/max alone, or of a float tensor: only statistics
  if (from->details_type() != tfl::QuantizationDetails::NONE) {
    fail(t, "its blockwise or custom quantization is not supported; export it with per-tensor or per-channel scales");
  }
  const uint32_t count = size_of(from->scale()), zeros = size_of(from->zero_point());
  if (count == 0) return q;
  if (zeros != 0 && zeros != 1 && zeros != count) {
    fail(t, "has " + std::to_string(count) + " scales and " + std::to_string(zeros) + " zero points; expected as many of both");
  }
  q.axis = count == 1 || t.shape.size() == 1 ? 0 : from->quantized_dimension();
  if (count > 1) {
    const bool axis_ok = q.axis >= 0 && static_cast<size_t>(q.axis) < t.shape.size();
    const int64_t expected = axis_ok ? t.shape[static_cast<size_t>(q.axis)] : -1;
    if (expected != count) {
      fail(t, "has " + std::to_string(count) + " scales along dim " + std::to_string(q.axis) + ", expected " +
                  (axis_ok ? std::to_string(expected) : "a dim below its rank " + std::to_string(t.shape.size())));
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    const float scale = from->scale()->Get(i);
    if (!std::isfinite(scale) || scale <= 0.0f) {
      fail(t, "scale " + std::to_string(i) + " is " + std::to_string(scale) + ", expected a positive number (quantize the model again)");
    }
    int64_t zero = 0;
    // Copied: FlatBuffers' verifier asks no more of a vector than the alignment of its length.
    if (zeros != 0) std::memcpy(&zero, from->zero_point()->Data() + sizeof(zero) * (zeros == 1 ? 0 : i), sizeof(zero));
    if (zero < INT32_MIN || zero > INT32_MAX) fail(t, "zero point " + std::to_string(zero) + " does not fit 32 bits");
    q.scales.push_back(scale);
    q.zero_points.push_back(static_cast<int32_t>(zero));
  }
  return q;
}

class Constants {
 public:
  Constants(const tfl::Model& model, const Bytes& file, ConstantPool* pool) : model_(model), file_(file), pool_(*pool) {}

  std::shared_ptr<const Bytes> get(uint32_t index, const Tensor& t) {
    const uint32_t count = size_of(model_.buffers());
    if (index >= count && index != 0) {
      fail(t, "reads buffer " + std::to_string(index) + ", but the file has " + std::to_string(count));
    }
    if (index == 0) return nullptr;
    const auto found = pool_.known.find(index);
    if (found != pool_.known.end()) return found->second;
    const tfl::Buffer& buffer = *model_.buffers()->Get(index);
    const uint8_t* data = buffer.data() == nullptr ? nullptr : buffer.data()->data();
    uint64_t bytes = size_of(buffer.data());
    if (bytes == 0 && buffer.offset() > 1) {  // large files keep constants behind the FlatBuffer
      if (buffer.offset() > file_.size() || buffer.size() > file_.size() - buffer.offset()) {
        fail(t, "buffer " + std::to_string(index) + " lies outside the file (is the file cut short?)");
      }
      data = file_.data() + buffer.offset();
      bytes = buffer.size();
    }
    if (bytes == 0) return nullptr;
    // Buffers of an honest file do not overlap; a hostile one could ask for its own size a million times.
    pool_.copied += bytes;
    if (pool_.copied > file_.size()) fail(t, "the buffers of the file overlap");
    return pool_.known[index] = std::make_shared<const Bytes>(data, data + bytes);
  }

  /// The dense form of a sparse constant. A small file must not cost much memory, however many of them it has.
  std::shared_ptr<const Bytes> unpack(const tfl::SparsityParameters& sparsity, const Tensor& t) {
    const uint64_t most = 64 * static_cast<uint64_t>(file_.size());
    Bytes dense = dense_of(sparsity, t, *t.data, most - std::min(pool_.unpacked, most));
    pool_.unpacked += dense.size();
    return std::make_shared<const Bytes>(std::move(dense));
  }

 private:
  const tfl::Model& model_;
  const Bytes& file_;
  ConstantPool& pool_;
};

void read_shape(const tfl::Tensor& source, Tensor* t) {
  const uint32_t rank = size_of(source.shape());
  if (rank > INLAY_MAX_RANK) fail(*t, "has " + std::to_string(rank) + " dims, at most 8 are supported");
  for (uint32_t i = 0; i < rank; ++i) {
    const int32_t dim = source.shape()->Get(i);
    if (dim < -1) fail(*t, "dim " + std::to_string(i) + " is " + std::to_string(dim) + ", expected 0 or more (-1: unknown)");
    t->shape.push_back(dim);
  }
}

void check_constant(const Tensor& t) {
  int64_t count = 1;
  for (const int32_t dim : t.shape) {
    if (dim < 0) fail(t, "is a constant with an unknown dim");
    if (dim > 0 && count > INT32_MAX / dim) fail(t, "has more than 2^31 elements");
    if (dim > 0) count *= dim;
  }
  uint64_t expected = 0;
  if (!tensor_bytes(t.dtype, t.shape.data(), static_cast<int32_t>(t.shape.size()), &expected)) fail(t, "has a size that cannot be");
  if (t.data->size() != expected) {
    fail(t, "its shape needs " + std::to_string(expected) + " bytes of constants, the file has " + std::to_string(t.data->size()));
  }
}

/// A state begins as the real value 0: of 8-bit ones every byte is the zero point. NULL where that is all zeros.
std::shared_ptr<const Bytes> initial_of(const Tensor& t, uint64_t* budget) {
  if ((t.dtype != INLAY_INT8 && t.dtype != INLAY_UINT8) || t.quant.zero_points.size() != 1 || t.quant.zero_points[0] == 0) return nullptr;
  constexpr int32_t kMost = 1 << 24;  // a size in a small file must not cost much memory
  int64_t count = 1;
  for (const int32_t dim : t.shape) {
    if (dim < 0 || dim > kMost || count * dim > kMost) fail(t, "is a variable of an unknown size, or of more than 16 MiB");
    count *= dim;
  }
  if (static_cast<uint64_t>(count) > *budget) fail(t, "is a variable too large for a file of this size");
  *budget -= static_cast<uint64_t>(count);
  return std::make_shared<const Bytes>(static_cast<size_t>(count), static_cast<uint8_t>(t.quant.zero_points[0]));
}

}  // namespace

std::vector<Tensor> read_tensors(const tfl::Model& model, const tfl::SubGraph& subgraph, const Bytes& file, ConstantPool* pool,
                                 uint64_t* budget) {
  Constants constants(model, file, pool);
  std::vector<Tensor> tensors;
  const uint32_t count = size_of(subgraph.tensors());
  tensors.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const tfl::Tensor& source = *subgraph.tensors()->Get(i);
    Tensor t;
    t.name = text_of(source.name());
    if (t.name.empty()) t.name = "tensor_" + std::to_string(i);  // sentences and --shape need a name
    t.dtype = dtype_of(source, t);
    read_shape(source, &t);
    t.is_variable = source.is_variable();
    if (source.external_buffer() != 0) fail(t, "keeps its constants in another file, which is not supported; export one file");
    t.quant = quant_of(source, t);
    if (is_resource(t)) t.shape.clear();
    t.data = is_resource(t) ? nullptr : constants.get(source.buffer(), t);
    if (t.is_constant() && t.is_variable) fail(t, "is a variable and a constant at once");
    if (t.is_constant() && source.sparsity() != nullptr) t.data = constants.unpack(*source.sparsity(), t);
    if (t.is_constant()) check_constant(t);
    if (t.is_variable) t.initial = initial_of(t, budget);
    tensors.push_back(std::move(t));
  }
  return tensors;
}

}  // namespace inlay::tools::tflite_import
