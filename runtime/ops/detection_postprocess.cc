// SPDX-License-Identifier: Apache-2.0
// DETECTION_POSTPROCESS: box codes [1, n, >= 4], class scores [1, n, classes (+ 1 for the background, first)] and constant
// anchors [n, 4] become boxes [1, d, 4] (y0, x0, y1, x1), classes [1, d], scores [1, d] and their count [1], d = max_detections *
// max_classes_per_detection; lines behind the last detection are 0. Inputs are float32 or 8-bit, outputs float32.
// regular_nms 0: one selection over the best class of each box, then up to max_classes_per_detection classes of each selected
// box; the count is that of the boxes. 1: one selection per class of at most detections_per_class, then the best max_detections
// of all.
#include <algorithm>

#include "kernels/detection.h"
#include "ops/op_util.h"

namespace inlay {
namespace {

using kernels::Box;
using kernels::Detected;
using kernels::RealReader;

constexpr int32_t kMost = 1 << 20;  // boxes, classes, detections

struct Data {
  RealReader codes, scores, anchors;
  kernels::NmsRule rule;
  float factors[4];
  int32_t boxes, code_stride, score_stride, first_class, classes;
  int32_t limit, per_box, per_class, rows, regular;
};

/// What eval needs beside its tensors, one behind the other; all elements have 4-byte alignment.
struct Scratch {
  Box* boxes;
  float *scores, *line;
  Detected* best;
  int32_t *queue, *selected, *order;
};

/// Returns its size; `base` may be NULL, which only counts.
size_t lay_out(const Data& d, uint8_t* base, Scratch* out) {
  size_t used = 0;
  const auto take = [&](auto** pointer, int32_t count) {
    if (base != nullptr) *pointer = reinterpret_cast<std::remove_reference_t<decltype(*pointer)>>(base + used);
    used += static_cast<size_t>(count) * sizeof(**pointer);
  };
  take(&out->boxes, d.boxes);
  take(&out->scores, d.boxes);
  take(&out->queue, d.boxes);
  take(&out->selected, std::min(d.boxes, std::max(d.limit, d.per_class)));
  take(&out->line, d.classes);
  take(&out->order, d.classes);
  take(&out->best, d.regular != 0 ? d.limit : 0);
  return used;
}

inlay_status reader_of(const Prepare& p, const inlay_tensor* t, const char* what, RealReader* out) {
  INLAY_TRY(p.dtype(t, kFloat | kQuant8, what));
  *out = {RealReader::kFloat, 1.0f, 0};
  if (t->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(t, what));
  *out = {t->dtype == INLAY_INT8 ? RealReader::kInt8 : RealReader::kUint8, scale_of(t), zero_point_of(t)};
  return INLAY_OK;
}

bool in_range(int32_t v, int32_t low, int32_t high) { return v >= low && v <= high; }

inlay_status check_params(const Prepare& p, const inlay_detection& o, int32_t columns) {
  if (!in_range(o.max_detections, 1, kMost) || !in_range(o.max_classes_per_detection, 1, kMost)) {
    return p.fail("max_detections and max_classes_per_detection must be 1 to 2^20");
  }
  if (static_cast<int64_t>(o.max_detections) * o.max_classes_per_detection > kMost) return p.fail("more than 2^20 detections");
  if (!in_range(o.num_classes, 1, kMost) || !in_range(columns - o.num_classes, 0, 1)) {
    return p.fail("the class scores must have num_classes columns, or one more for the background");
  }
  if (!in_range(o.regular_nms, 0, 1)) return p.fail("regular_nms must be 0 or 1");
  if (o.regular_nms == 1 && !in_range(o.detections_per_class, 1, kMost)) return p.fail("detections_per_class must be 1 to 2^20");
  if (!(o.iou_threshold > 0 && o.iou_threshold <= 1)) return p.fail("the overlap threshold must lie in (0, 1]");
  if (!(o.score_threshold == o.score_threshold)) return p.fail("the score threshold is not a number");
  for (const float factor : {o.scale_y, o.scale_x, o.scale_h, o.scale_w}) {
    if (!(factor > 1e-6f && factor < 1e6f)) return p.fail("a box scale must lie between 1e-6 and 1e6");
  }
  return INLAY_OK;
}

inlay_status check_shapes(const Prepare& p) {
  const inlay_tensor *codes = p.input(0), *scores = p.input(1), *anchors = p.input(2);
  INLAY_TRY(p.rank(codes, 3, 3, "box codes"));
  INLAY_TRY(p.rank(scores, 3, 3, "class scores"));
  INLAY_TRY(p.rank(anchors, 2, 2, "anchors"));
  INLAY_TRY(p.constant(anchors, "anchors"));
  if (codes->dims[0] != 1 || scores->dims[0] != 1) return p.fail("only a batch of 1 is supported");
  if (codes->dims[2] < 4 || anchors->dims[1] != 4) return p.fail("a box code and an anchor are 4 numbers");
  const int32_t boxes = codes->dims[1];
  if (!in_range(boxes, 1, kMost)) return p.fail("there must be 1 to 2^20 boxes");
  if (scores->dims[1] != boxes || anchors->dims[0] != boxes)
    return p.fail("codes, scores and anchors differ in the number of boxes");
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_detection* o = nullptr;
  INLAY_TRY(p.counts(3, 3, 4));
  INLAY_TRY(p.params(INLAY_PARAMS_DETECTION, &o));
  INLAY_TRY(p.no_activation());
  auto* d = p.data<Data>();
  INLAY_TRY(reader_of(p, p.input(0), "box codes", &d->codes));
  INLAY_TRY(reader_of(p, p.input(1), "class scores", &d->scores));
  INLAY_TRY(reader_of(p, p.input(2), "anchors", &d->anchors));
  INLAY_TRY(check_shapes(p));
  const int32_t columns = p.input(1)->dims[2];
  INLAY_TRY(check_params(p, *o, columns));
  const int32_t rows = o->max_detections * o->max_classes_per_detection;
  const int32_t shape[] = {1, rows, 4};
  for (int i = 0; i < 4; ++i) {
    INLAY_TRY(p.dtype(p.output(i), kFloat, "output"));
    INLAY_TRY(i == 3 ? p.output_shape(i, 1, shape) : p.output_shape(i, i == 0 ? 3 : 2, shape));
  }
  d->rule = {o->iou_threshold, o->score_threshold, 0.0f};
  const float factors[] = {o->scale_y, o->scale_x, o->scale_h, o->scale_w};
  std::copy(factors, factors + 4, d->factors);
  d->boxes = p.input(0)->dims[1];
  d->code_stride = p.input(0)->dims[2];
  d->score_stride = columns;
  d->first_class = columns - o->num_classes;
  d->classes = o->num_classes;
  d->limit = o->max_detections;
  d->per_box = std::min(o->max_classes_per_detection, o->num_classes);
  d->per_class = o->regular_nms != 0 ? o->detections_per_class : 0;
  d->rows = rows;
  d->regular = o->regular_nms;
  Scratch none = {};
  p.scratch(lay_out(*d, nullptr, &none));
  return INLAY_OK;
}

struct Outputs {
  float *boxes, *classes, *scores;

  void put(int64_t row, const Box& box, int32_t cls, float score) const {
    const float corners[] = {box.y0, box.x0, box.y1, box.x1};
    std::copy(corners, corners + 4, boxes + row * 4);
    classes[row] = static_cast<float>(cls);
    scores[row] = score;
  }
};

/// One line of class scores without the background.
void read_classes(const Data& d, const void* scores, int32_t box, float* line) {
  read_real(d.scores, scores, static_cast<int64_t>(box) * d.score_stride + d.first_class, 1, d.classes, line);
}

int32_t fast(const Data& d, const void* scores, const Scratch& s, const Outputs& out, int32_t row_step) {
  for (int32_t b = 0; b < d.boxes; ++b) {
    read_classes(d, scores, b, s.line);
    s.scores[b] = *std::max_element(s.line, s.line + d.classes);
  }
  const int32_t count = kernels::nms_ordered(d.boxes, s.boxes, s.scores, d.rule, d.limit, s.queue, s.selected);
  for (int32_t i = 0; i < count; ++i) {
    const int32_t box = s.selected[i];
    read_classes(d, scores, box, s.line);
    kernels::top_scores(d.classes, s.line, d.per_box, s.order);
    for (int32_t k = 0; k < d.per_box; ++k) {
      out.put(static_cast<int64_t>(i) * row_step + k, s.boxes[box], s.order[k], s.line[s.order[k]]);
    }
  }
  return count;
}

int32_t regular(const Data& d, const void* scores, const Scratch& s, const Outputs& out) {
  int32_t count = 0;
  for (int32_t c = 0; c < d.classes; ++c) {
    read_real(d.scores, scores, d.first_class + c, d.score_stride, d.boxes, s.scores);
    const int32_t found = kernels::nms_ordered(d.boxes, s.boxes, s.scores, d.rule, d.per_class, s.queue, s.selected);
    for (int32_t i = 0; i < found; ++i) {
      count = kernels::insert_detected({s.scores[s.selected[i]], s.selected[i], c}, count, d.limit, s.best);
    }
  }
  for (int32_t i = 0; i < count; ++i) out.put(i, s.boxes[s.best[i].box], s.best[i].cls, s.best[i].score);
  return count;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  Scratch s = {};
  lay_out(d, e.scratch<uint8_t>(), &s);
  const Outputs out = {e.output<float>(0), e.output<float>(1), e.output<float>(2)};
  std::fill_n(out.boxes, d.rows * int64_t{4}, 0.0f);
  std::fill_n(out.classes, d.rows, 0.0f);
  std::fill_n(out.scores, d.rows, 0.0f);
  for (int32_t b = 0; b < d.boxes; ++b) {
    float code[4], anchor[4];
    read_real(d.codes, e.input<void>(0), static_cast<int64_t>(b) * d.code_stride, 1, 4, code);
    read_real(d.anchors, e.input<void>(2), b * int64_t{4}, 1, 4, anchor);
    s.boxes[b] = kernels::decode_box(code, anchor, d.factors);
  }
  const void* scores = e.input<void>(1);
  const int32_t count = d.regular != 0 ? regular(d, scores, s, out) : fast(d, scores, s, out, d.rows / d.limit);
  e.output<float>(3)[0] = static_cast<float>(count);
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(detection_postprocess, DETECTION_POSTPROCESS, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
