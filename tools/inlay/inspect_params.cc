// SPDX-License-Identifier: Apache-2.0
// The options of an op in few words.
#include <cstdio>

#include "tools/inlay/inspect.h"

namespace inlay::tools {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

/// "1x2x3" of the first `count`; trailing entries equal to `rest` are left out.
std::string list(const int32_t* values, int32_t count, int32_t rest) {
  while (count > 1 && values[count - 1] == rest) --count;
  std::string text;
  for (int32_t i = 0; i < count && i < INLAY_MAX_RANK; ++i) text += (i > 0 ? "," : "") + std::to_string(values[i]);
  return text;
}

std::string by(int32_t a, int32_t b) { return std::to_string(a) + "x" + std::to_string(b); }

std::string window_text(const inlay_window& w) {
  std::string text = "stride " + by(w.stride_h, w.stride_w);
  if (w.filter_h > 0) text = "window " + by(w.filter_h, w.filter_w) + ", " + text;
  if (w.dilation_h > 1 || w.dilation_w > 1) text += ", dilation " + by(w.dilation_h, w.dilation_w);
  if (w.pad_top != 0 || w.pad_bottom != 0 || w.pad_left != 0 || w.pad_right != 0) {
    text += ", pad top " + std::to_string(w.pad_top) + " bottom " + std::to_string(w.pad_bottom) + " left " +
            std::to_string(w.pad_left) + " right " + std::to_string(w.pad_right);
  }
  return w.groups > 1 ? text + ", groups " + std::to_string(w.groups) : text;
}

std::string scalars_text(const inlay_scalars& s) {
  std::string text = "alpha " + number(s.alpha);
  if (s.beta != 0) text += ", beta " + number(s.beta);
  if (s.gamma != 0) text += ", gamma " + number(s.gamma);
  return s.radius != 0 ? text + ", radius " + std::to_string(s.radius) : text;
}

std::string recurrent_text(const inlay_recurrent& r) {
  std::string text = (r.time_major & 1) != 0 ? "time first" : "batch first";
  if ((r.time_major & 2) != 0) text += ", backwards";
  if (r.cell_clip != 0) text += ", cell clip " + number(r.cell_clip);
  if (r.projection_clip != 0) text += ", projection clip " + number(r.projection_clip);
  return r.rank != 0 ? text + ", rank " + std::to_string(r.rank) : text;
}

template <typename T>
const T& as(const inlay_node& node) {
  return *static_cast<const T*>(node.params);
}

std::string axes_text(const inlay_axes& a) {
  std::string text;
  for (int32_t i = 0; i < INLAY_MAX_RANK; ++i) {
    if ((a.mask >> i & 1) != 0) text += (text.empty() ? "axes " : ",") + std::to_string(i);
  }
  return text + (a.keep_dims != 0 ? ", dims kept" : "");
}

std::string pad_text(const inlay_pad& p) {
  constexpr const char* kModes[] = {"constant", "reflect", "symmetric"};
  const std::string mode = p.mode >= 0 && p.mode < 3 ? kModes[p.mode] : "?";
  return mode + ", before " + list(p.before, INLAY_MAX_RANK, 0) + ", after " + list(p.after, INLAY_MAX_RANK, 0);
}

std::string slice_text(const inlay_slice& s) {
  return "begin " + list(s.begin, INLAY_MAX_RANK, 0) + ", size " + list(s.size, INLAY_MAX_RANK, 0) + ", stride " +
         list(s.stride, INLAY_MAX_RANK, 1);
}

std::string matmul_text(const inlay_matmul& m) {
  std::string text = m.transpose_a != 0 ? "a transposed" : "";
  if (m.transpose_b != 0) text += text.empty() ? "b transposed" : ", b transposed";
  return text;
}

}  // namespace

std::string params_text(const inlay_node& node) {
  if (node.kind == INLAY_OP_CUSTOM && node.custom_bytes > 0)
    return std::to_string(node.custom_bytes) + " bytes of its own options";
  if (node.params == nullptr) return "";
  switch (node.params_type) {
    case INLAY_PARAMS_WINDOW: return window_text(as<inlay_window>(node));
    case INLAY_PARAMS_AXIS: return "axis " + std::to_string(as<inlay_axis>(node).axis);
    case INLAY_PARAMS_AXES: return axes_text(as<inlay_axes>(node));
    case INLAY_PARAMS_DIMS: return "dims " + list(as<inlay_dims>(node).dims, as<inlay_dims>(node).rank, INT32_MIN);
    case INLAY_PARAMS_SLICE: return slice_text(as<inlay_slice>(node));
    case INLAY_PARAMS_PAD: return pad_text(as<inlay_pad>(node));
    case INLAY_PARAMS_SCALARS: return scalars_text(as<inlay_scalars>(node));
    case INLAY_PARAMS_RESIZE:
      return as<inlay_resize>(node).align_corners != 0        ? "align corners"
             : as<inlay_resize>(node).half_pixel_centers != 0 ? "half pixel centers"
                                                              : "";
    case INLAY_PARAMS_MATMUL: return matmul_text(as<inlay_matmul>(node));
    case INLAY_PARAMS_BLOCK: return "block " + by(as<inlay_block_params>(node).block_h, as<inlay_block_params>(node).block_w);
    case INLAY_PARAMS_RECURRENT: return recurrent_text(as<inlay_recurrent>(node));
    case INLAY_PARAMS_DETECTION:
      return std::to_string(as<inlay_detection>(node).max_detections) + " detections, score over " +
             number(static_cast<double>(as<inlay_detection>(node).score_threshold));
    default: return "";
  }
}

}  // namespace inlay::tools
