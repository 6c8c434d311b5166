// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

void read_resize_bilinear(OpReader& r) {
  const auto& o = r.options<tfl::ResizeBilinearOptions>();
  // The size stays an input: the op reads the two numbers itself. Asked for here so that a computed one is refused well.
  if (r.constant_ints(1, "the new size", 2).size() != 2) r.fail("the new size must be two numbers, height and width");
  r.node.kind = INLAY_OP_RESIZE_BILINEAR;
  r.node.params = inlay_resize{o.align_corners() ? 1 : 0, o.half_pixel_centers() ? 1 : 0};
}

}  // namespace inlay::tools::tflite_import
