// SPDX-License-Identifier: Apache-2.0
// The two interfaces of oneDNN, 2.6 (Debian 12) and 3.x, as one. Version 2 has a descriptor per operation, and scales as numbers
// of the attributes; version 3 makes primitive descriptors directly, and its scales are no help to us, see add_requantization.
#pragma once
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

namespace inlay::onednn {

using Dims = dnnl::memory::dims;
using Desc = dnnl::memory::desc;
using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

inline const dnnl::engine& engine() {
  static const dnnl::engine e(dnnl::engine::kind::cpu, 0);
  return e;
}

inline void append_eltwise(dnnl::post_ops* ops, dnnl::algorithm algorithm, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  ops->append_eltwise(algorithm, alpha, beta);
#else
  ops->append_eltwise(1.0f, algorithm, alpha, beta);
#endif
}

inline void set_source_zero_point(dnnl::primitive_attr* attr, int32_t value) {
#if DNNL_VERSION_MAJOR >= 3
  static_cast<void>(value);  // given when it runs
  attr->set_zero_points_mask(DNNL_ARG_SRC, 0);
#else
  attr->set_zero_points(DNNL_ARG_SRC, 0, {value});
#endif
}

/// Version 3 applies scales before it adds the bias, which rounds otherwise than docs/numerics.md says. There, bias and scales
/// are instead two more operands, of one float per channel: f32(acc) + bias, times scale, as version 2 does by itself.
#if DNNL_VERSION_MAJOR >= 3
constexpr bool kScalesAreOperands = true;
#else
constexpr bool kScalesAreOperands = false;
#endif

/// `channel` is the logical dim of the output's channels, `like` a description of one float per channel of the output.
inline void add_requantization(dnnl::primitive_attr* attr, dnnl::post_ops* ops, int channel, const std::vector<float>& scales,
                               bool has_bias, const Desc& like) {
#if DNNL_VERSION_MAJOR >= 3
  static_cast<void>(attr), static_cast<void>(channel), static_cast<void>(scales);
  if (has_bias) ops->append_binary(dnnl::algorithm::binary_add, like);
  ops->append_binary(dnnl::algorithm::binary_mul, like);
#else
  static_cast<void>(ops), static_cast<void>(has_bias), static_cast<void>(like);
  attr->set_output_scales(scales.size() > 1 ? 1 << channel : 0, scales);
#endif
}

struct ConvDescs {
  Desc source, weights, bias, output;  ///< bias may be empty
  Dims strides, dilations, before, after;
};

/// Kernels known to be wrong, by name:
/// - "1x1" with strides gathers the pixels it needs into scratch memory, whole vectors at a time. Where the channels of a pixel
///   fill no vector it writes behind its part: over that of the next thread, which then computes wrong sums now and then, or
///   behind the scratch memory. Seen with 2.6.3 on AVX2; oneDNN's issue 6035 has the same for training.
/// - "brg" of 3.x, int8, with padding: wrong columns at the border on AVX512-VNNI (oneDNN's issue 5080).
inline bool is_faulty_conv(const ConvDescs& d, const char* kernel) {
  constexpr int64_t kVector = 64;  // bytes, of the widest
  const bool int8 = d.source.data_type() == Type::s8;
  const bool strided = d.strides != Dims{1, 1}, padded = d.before != Dims{0, 0} || d.after != Dims{0, 0};
  const int64_t pixel = d.source.dims()[1] * (int8 ? 1 : 4);
  if (strided && pixel % kVector != 0 && std::strstr(kernel, "1x1") != nullptr) return true;
  return kScalesAreOperands && int8 && padded && std::strncmp(kernel, "brg", 3) == 0;
}

inline dnnl::primitive_desc_base describe_conv(const ConvDescs& d, const dnnl::primitive_attr& attr) {
  using Conv = dnnl::convolution_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
  const auto direct = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  Conv::primitive_desc out(engine(), kind, direct, d.source, d.weights, d.bias, d.output, d.strides, d.dilations, d.before,
                           d.after, attr);
#else
  // Has to outlive next_impl, which reads it again.
  const Conv::desc desc(kind, direct, d.source, d.weights, d.bias, d.output, d.strides, d.dilations, d.before, d.after);
  Conv::primitive_desc out(desc, attr, engine());
#endif
  while (is_faulty_conv(d, out.impl_info_str())) {
    if (!out.next_impl()) throw dnnl::error(dnnl_unimplemented, "no kernel that is right");
  }
  return out;
}

inline dnnl::primitive_desc_base describe_matmul(const Desc& a, const Desc& b, const Desc& bias, const Desc& output,
                                                 const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul::primitive_desc(engine(), a, b, bias, output, attr);
#else
  return dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, bias, output), attr, engine());
#endif
}

inline dnnl::primitive_desc_base describe_pool(dnnl::algorithm algorithm, const Desc& source, const Desc& output,
                                               const Dims& strides, const Dims& window, const Dims& before, const Dims& after,
                                               const dnnl::primitive_attr& attr) {
  using Pool = dnnl::pooling_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  const Dims dense(2, 0);
  return Pool::primitive_desc(engine(), kind, algorithm, source, output, strides, window, dense, before, after, attr);
#else
  return Pool::primitive_desc(Pool::desc(kind, algorithm, source, output, strides, window, before, after), attr, engine());
#endif
}

inline dnnl::primitive_desc_base describe_softmax(const Desc& tensor, int axis, const dnnl::primitive_attr& attr) {
  using Softmax = dnnl::softmax_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  return Softmax::primitive_desc(engine(), kind, dnnl::algorithm::softmax_accurate, tensor, tensor, axis, attr);
#else
  return Softmax::primitive_desc(Softmax::desc(kind, tensor, axis), attr, engine());
#endif
}

inline dnnl::primitive_desc_base describe_eltwise(dnnl::algorithm algorithm, const Desc& tensor, float alpha, float beta,
                                                  const dnnl::primitive_attr& attr) {
  using Eltwise = dnnl::eltwise_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  return Eltwise::primitive_desc(engine(), kind, algorithm, tensor, tensor, alpha, beta, attr);
#else
  return Eltwise::primitive_desc(Eltwise::desc(kind, algorithm, tensor, alpha, beta), attr, engine());
#endif
}

inline dnnl::primitive_desc_base describe_binary(dnnl::algorithm algorithm, const Desc& a, const Desc& b, const Desc& output,
                                                 const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::binary::primitive_desc(engine(), algorithm, a, b, output, attr);
#else
  return dnnl::binary::primitive_desc(dnnl::binary::desc(algorithm, a, b, output), attr, engine());
#endif
}

/// Int8 depthwise kernels that give wrong sums, seen on AVX2: those of 2.6 with a zero point of the source, where the blocks of
/// channels are no multiple of what they do at a time; those of 3.2 with an operand per channel, where channels fill no vector.
inline bool has_faulty_depthwise(bool source_zero_point) { return kScalesAreOperands || source_zero_point; }

/// True where int8 kernels of this CPU sum products without saturating on the way.
inline bool int8_is_exact() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx:
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx512_core: return false;
#if DNNL_VERSION_MAJOR < 3
    case dnnl::cpu_isa::avx512_mic:
    case dnnl::cpu_isa::avx512_mic_4ops: return false;
#endif
    default: return true;
  }
}

}  // namespace inlay::onednn
