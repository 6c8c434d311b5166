// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <algorithm>

namespace inlay::opencl {
namespace {

Buffer cut(cl_mem whole, size_t origin, size_t bytes) {
  const cl_buffer_region region = {origin, std::max<size_t>(bytes, 1)};
  cl_int status = CL_SUCCESS;
  Buffer piece(cl().clCreateSubBuffer(whole, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status));
  check(status, "no piece of a device buffer");
  return piece;
}

}  // namespace

Pool::Pool(const Context& context, const Node& any, const SegmentGraph& segment, const std::function<bool(int32_t)>& outside)
    : plan_(plan_activations(any, segment, outside)), pieces_(plan_.places.size()) {
  if (plan_.bytes != 0) whole_ = context.make_buffer(CL_MEM_READ_WRITE, plan_.bytes);
  for (size_t t = 0; t < pieces_.size(); ++t) {
    const Activations::Place& place = plan_.places[t];
    if (!place.inside) continue;
    pieces_[t] = plan_.bytes != 0 ? cut(whole_.get(), place.offset, place.bytes) : context.make_buffer(CL_MEM_READ_WRITE, 1);
  }
}

void Weights::upload(const Context& context, const Caps& caps) {
  constants.images(caps, [&](const std::vector<uint8_t>& image) {
    chunks_.push_back(
        context.make_buffer(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, image.size(), const_cast<uint8_t*>(image.data())));
    bytes_ += image.size();
  });
  for (const Constants::Place& place : constants.places())
    pieces_.push_back(cut(chunks_[place.image].get(), place.offset, place.bytes));
}

}  // namespace inlay::opencl
