// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

template <typename Options>
void read_resize(OpReader& r, uint16_t kind) {
  const auto& o = r.options<Options>();
  // The size stays an input: the op reads the two numbers itself. Asked for here so that a computed one is refused well.
  if (r.constant_ints(1, "the new size", 2).size() != 2) r.fail("the new size must be two numbers, height and width");
  r.node.kind = kind;
  r.node.params = inlay_resize{o.align_corners() ? 1 : 0, o.half_pixel_centers() ? 1 : 0};
}

}  // namespace

void read_resize_bilinear(OpReader& r) { read_resize<tfl::ResizeBilinearOptions>(r, INLAY_OP_RESIZE_BILINEAR); }
void read_resize_nearest(OpReader& r) { read_resize<tfl::ResizeNearestNeighborOptions>(r, INLAY_OP_RESIZE_NEAREST_NEIGHBOR); }

}  // namespace inlay::tools::tflite_import
