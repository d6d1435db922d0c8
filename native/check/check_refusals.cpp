#include <functional>

#include "carousel/attention.h"
#include "carousel/gru.h"
#include "carousel/loss.h"
#include "carousel/lstm.h"
#include "carousel/ops.h"
#include "carousel/optimizer.h"
#include "carousel/product.h"
#include "carousel/rnn.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

/* Calls that a kernel must refuse before anything is enqueued, and empty ones that it must not. */
namespace check {

namespace {

/* What a call is made of; a refusal spoils one of them. */
struct Call {
  carousel_type type = CAROUSEL_F32;
  carousel_activation f = SIGMOID;
  int rows = 2, columns = 4;
  carousel_view view[4]; /* required matrices */
  const int32_t *ids;
  float *number;
  void *scratch;
};

using Kernel = std::function<carousel_status(const Call &)>;

/* How many required matrices a kernel has, and what else it looks at. */
struct Subject {
  const char *name;
  int views;
  bool typed, activated, ids, number, scratch;
  Kernel run;
};

const carousel_view NONE = {nullptr, 0};

carousel_lstm_variant lstm(const Call &c) { return {c.f, TANH, TANH, 0, 0, nullptr}; }
carousel_gru_variant gru(const Call &c) { return {SIGMOID, c.f}; }
carousel_target target(const Call &c) {
  auto floats = [&](int k) { return static_cast<float *>(c.view[k].data); };
  return {floats(0), floats(1), floats(2), floats(3), c.rows * c.columns};
}

carousel_batch one(carousel_view view) { return {view.data, view.stride, 0}; }

#define V(k) c.view[k]
#define SUBJECT(name, views, typed, activated, ids, number, scratch, ...) \
  {name, views, typed, activated, ids, number, scratch, [](const Call &c) { return __VA_ARGS__; }}

const Subject SUBJECTS[] = {
    SUBJECT("rnn_forward", 3, true, true, false, false, false,
            carousel_rnn_forward(stream(), c.type, c.f, c.rows, c.columns, V(0), nullptr, V(1), NONE, V(2))),
    SUBJECT("rnn_backward", 2, true, true, false, false, false,
            carousel_rnn_backward(stream(), c.type, c.f, c.rows, c.columns, V(0), NONE, V(1))),
    SUBJECT("lstm_forward", 3, true, true, false, false, false,
            carousel_lstm_forward(stream(), c.type, lstm(c), c.rows, c.columns, V(0), nullptr, V(1), NONE, NONE, NONE,
                                  V(2))),
    SUBJECT("lstm_backward", 3, true, true, false, false, false,
            carousel_lstm_backward(stream(), c.type, lstm(c), c.rows, c.columns, V(0), V(1), NONE, NONE, V(2), NONE)),
    SUBJECT("gru_forward", 4, true, true, false, false, false,
            carousel_gru_forward(stream(), c.type, gru(c), c.rows, c.columns, V(0), V(1), nullptr, V(2), NONE, V(3))),
    SUBJECT("gru_backward", 4, true, true, false, false, false,
            carousel_gru_backward(stream(), c.type, gru(c), c.rows, c.columns, V(0), V(1), V(2), NONE, V(3))),
    SUBJECT("gru_reset_forward", 3, true, true, false, false, false,
            carousel_gru_reset_forward(stream(), c.type, gru(c), c.rows, c.columns, V(0), nullptr, V(1), V(2))),
    SUBJECT("gru_candidate_forward", 3, true, true, false, false, false,
            carousel_gru_candidate_forward(stream(), c.type, gru(c), c.rows, c.columns, V(0), nullptr, V(1), NONE,
                                           V(2))),
    SUBJECT("gru_candidate_backward", 3, true, true, false, false, false,
            carousel_gru_candidate_backward(stream(), c.type, gru(c), c.rows, c.columns, V(0), V(1), NONE, V(2))),
    SUBJECT("gru_reset_backward", 4, true, true, false, false, false,
            carousel_gru_reset_backward(stream(), c.type, gru(c), c.rows, c.columns, V(0), V(1), V(2), V(3))),
    SUBJECT("copy", 2, true, false, false, false, false,
            carousel_copy(stream(), c.type, CAROUSEL_F32, c.rows, c.columns, V(0), V(1))),
    SUBJECT("fill", 1, true, false, false, false, false, carousel_fill(stream(), c.type, c.rows, c.columns, 1, V(0))),
    SUBJECT("add_bias", 1, false, false, false, true, false,
            carousel_add_bias(stream(), c.rows, c.columns, V(0), c.number)),
    SUBJECT("sum_rows", 1, true, false, false, true, true,
            carousel_sum_rows(stream(), c.type, c.rows, c.columns, V(0), 1, c.number, c.scratch)),
    SUBJECT("axpy", 2, false, false, false, false, false,
            carousel_axpy(stream(), c.rows, c.columns, 1, V(0), V(1))),
    SUBJECT("scale", 1, false, false, false, false, false, carousel_scale(stream(), c.rows, c.columns, 1, V(0))),
    SUBJECT("clamp", 1, false, false, false, false, false, carousel_clamp(stream(), c.rows, c.columns, 1, V(0))),
    SUBJECT("multiply", 3, false, false, false, false, false,
            carousel_multiply(stream(), c.rows, c.columns, V(0), V(1), V(2))),
    SUBJECT("activation_forward", 2, false, true, false, false, false,
            carousel_activation_forward(stream(), c.f, c.rows, c.columns, V(0), V(1))),
    SUBJECT("activation_backward", 3, false, true, false, false, false,
            carousel_activation_backward(stream(), c.f, c.rows, c.columns, V(0), V(1), V(2))),
    SUBJECT("dropout", 2, false, false, true, false, false,
            carousel_dropout(stream(), 1, 1, 1, c.ids, NONE, c.rows, c.columns, V(0), V(1))),
    SUBJECT("gather_rows", 2, true, false, true, false, false,
            carousel_gather_rows(stream(), c.type, CAROUSEL_F32, c.rows, c.columns, V(0), c.ids, V(1))),
    SUBJECT("scatter_add_rows", 2, false, false, true, false, false,
            carousel_scatter_add_rows(stream(), c.rows, c.columns, V(0), c.ids, V(1))),
    SUBJECT("masked_softmax_forward", 2, false, false, true, false, false,
            carousel_masked_softmax_forward(stream(), c.rows, c.columns, V(0), c.ids, V(1))),
    SUBJECT("masked_softmax_backward", 3, false, false, true, false, false,
            carousel_masked_softmax_backward(stream(), c.rows, c.columns, V(0), c.ids, V(1), V(2))),
    SUBJECT("row_invariant_product", 3, true, false, false, false, false,
            carousel_row_invariant_product(stream(), c.type, CAROUSEL_F32, {1, 0, 0, c.rows, c.columns, 2}, 1,
                                           one(V(0)), one(V(1)), 0, one(V(2)))),
    SUBJECT("softmax_cross_entropy", 1, false, false, true, true, true,
            carousel_softmax_cross_entropy(stream(), c.rows, c.columns, V(0), c.ids, c.number, 0.1f, NONE, c.number,
                                           c.scratch)),
    SUBJECT("logistic_loss", 2, false, false, false, true, true,
            carousel_logistic_loss(stream(), c.rows, c.columns, V(0), V(1), c.number, 1, NONE, c.number, c.scratch)),
    SUBJECT("squared_error", 2, false, false, false, true, true,
            carousel_squared_error(stream(), c.rows, c.columns, V(0), V(1), c.number, NONE, c.number, c.scratch)),
    SUBJECT("squared_norm", 1, false, false, false, true, true,
            carousel_squared_norm(stream(), c.rows, c.columns, V(0), c.number, c.scratch)),
};

#undef V
#undef SUBJECT

void expect(const char *what, carousel_status status, carousel_status wanted) {
  if (status != wanted) {
    report.fail(std::string(what) + ": status " + std::to_string(status) + ", not " + std::to_string(wanted));
  }
}

void check_subject(const Subject &subject, const Call &sound) {
  report.new_case(subject.name);
  expect("sound call", subject.run(sound), CAROUSEL_OK);
  auto refuse = [&](const char *what, const std::function<void(Call &)> &spoil) {
    Call call = sound;
    spoil(call);
    expect(what, subject.run(call), CAROUSEL_INVALID_ARGUMENT);
  };
  auto accept = [&](const char *what, const std::function<void(Call &)> &change) {
    Call call = sound;
    change(call);
    expect(what, subject.run(call), CAROUSEL_OK);
  };
  refuse("negative rows", [](Call &c) { c.rows = -1; });
  refuse("negative columns", [](Call &c) { c.columns = -1; });
  for (int k = 0; k < subject.views; k++) {
    refuse("no matrix", [&](Call &c) { c.view[k].data = nullptr; });
    refuse("odd address", [&](Call &c) { c.view[k].data = static_cast<char *>(c.view[k].data) + 1; });
    refuse("negative stride", [&](Call &c) { c.view[k].stride = -1; });
  }
  accept("no rows", [](Call &c) { c.rows = 0; });
  accept("no columns", [](Call &c) { c.columns = 0; });
  if (subject.typed) {
    refuse("unknown type", [](Call &c) { c.type = 4; });
    refuse("negative type", [](Call &c) { c.type = -1; });
  }
  if (subject.activated) {
    refuse("unknown activation", [](Call &c) { c.f.kind = CAROUSEL_SOFTPLUS + 1; });
    refuse("negative activation", [](Call &c) { c.f.kind = -1; });
    refuse("no alpha", [](Call &c) { c.f.alpha = NAN; });
    refuse("endless beta", [](Call &c) { c.f.beta = INFINITY; });
    refuse("negative clip", [](Call &c) { c.f.clip = -1; });
    refuse("no clip", [](Call &c) { c.f.clip = NAN; });
  }
  if (subject.ids) {
    refuse("no integers", [](Call &c) { c.ids = nullptr; });
  }
  if (subject.number) {
    refuse("no numbers", [](Call &c) { c.number = nullptr; });
  }
  if (subject.scratch) {
    refuse("no scratch", [](Call &c) { c.scratch = nullptr; });
  }
}

void check_optimizer(const char *name, const Call &sound, const Kernel &run, int states) {
  report.new_case(name);
  expect("sound call", run(sound), CAROUSEL_OK);
  for (int k = 0; k < 2 + states; k++) {
    Call call = sound;
    call.view[k].data = nullptr;
    expect("no matrix", run(call), CAROUSEL_INVALID_ARGUMENT);
  }
  Call call = sound;
  call.rows = -1;
  expect("negative size", run(call), CAROUSEL_INVALID_ARGUMENT);
  call.rows = 0;
  expect("empty", run(call), CAROUSEL_OK);
}

}  // namespace

void check_refusals() {
  report.begin("refusals");
  constexpr int width = 16, rows = 2; /* as many columns as any block of gates */
  std::vector<Matrix> matrices;
  for (int k = 0; k < 4; k++) {
    matrices.push_back(Matrix::filled(CAROUSEL_F32, rows, width, {0, 0}, 0.25));
  }
  Matrix ids = Matrix::filled(CAROUSEL_I32, 1, rows, {0, 0}, 0);
  Matrix numbers = Matrix::filled(CAROUSEL_F32, 1, width, {0, 0}, 0.25);
  Matrix scratch = Matrix::filled(CAROUSEL_F32, 1, CAROUSEL_SCRATCH_BYTES / sizeof(float), {0, 0}, 0);
  Call sound;
  for (int k = 0; k < 4; k++) {
    sound.view[k] = matrices[k].view();
  }
  sound.ids = ids.pointer<int32_t>();
  sound.number = numbers.pointer<float>();
  sound.scratch = scratch.pointer<void>();
  for (const Subject &subject : SUBJECTS) {
    check_subject(subject, sound);
  }
  auto run = [](auto rule) {
    return [rule](const Call &c) {
      carousel_target one = target(c);
      return rule(&one);
    };
  };
  check_optimizer("sgd", sound, run([](const carousel_target *t) {
                    return carousel_sgd(stream(), 1, t, nullptr, 0.1f, 0, 0, 0, 0);
                  }), 0);
  check_optimizer("sgd with momentum", sound, run([](const carousel_target *t) {
                    return carousel_sgd(stream(), 1, t, nullptr, 0.1f, 0.5f, 0, 0, 0);
                  }), 1);
  check_optimizer("adam", sound, run([](const carousel_target *t) {
                    return carousel_adam(stream(), 1, t, nullptr, 0.1f, 0.9, 0.999, 1e-8f, 1, 0, 1);
                  }), 2);
  check_optimizer("rms_prop", sound, run([](const carousel_target *t) {
                    return carousel_rms_prop(stream(), 1, t, nullptr, 0.1f, 0.9, 1e-8f, 0, 0);
                  }), 1);
  check_optimizer("adagrad", sound, run([](const carousel_target *t) {
                    return carousel_adagrad(stream(), 1, t, nullptr, 0.1f, 1e-8f, 0);
                  }), 1);
  report.new_case("others");
  float *number = sound.number;
  expect("bound below 0", carousel_clamp(stream(), 2, 4, -1, sound.view[0]), CAROUSEL_INVALID_ARGUMENT);
  expect("beta 0.5", carousel_sum_rows(stream(), CAROUSEL_F32, 2, 4, sound.view[0], 0.5f, number, sound.scratch),
         CAROUSEL_INVALID_ARGUMENT);
  expect("integers to reals", carousel_copy(stream(), CAROUSEL_I32, CAROUSEL_F32, 2, 4, sound.view[0], sound.view[1]),
         CAROUSEL_INVALID_ARGUMENT);
  expect("reals to integers", carousel_copy(stream(), CAROUSEL_F32, CAROUSEL_I32, 2, 4, sound.view[0], sound.view[1]),
         CAROUSEL_INVALID_ARGUMENT);
  expect("too large an integer", carousel_fill(stream(), CAROUSEL_I32, 2, 4, 3e9, sound.view[0]),
         CAROUSEL_INVALID_ARGUMENT);
  auto smoothed = [&](float label_smoothing) {
    return carousel_softmax_cross_entropy(stream(), 2, 4, sound.view[0], sound.ids, number, label_smoothing, NONE,
                                          number, sound.scratch);
  };
  expect("smoothing below 0", smoothed(-0.1f), CAROUSEL_INVALID_ARGUMENT);
  expect("smoothing above 1", smoothed(1.1f), CAROUSEL_INVALID_ARGUMENT);
  auto product = [&](carousel_type result, int count, int k) {
    return carousel_row_invariant_product(stream(), CAROUSEL_BF16, result, {count, 0, 0, 2, 4, k}, 1,
                                          one(sound.view[0]), one(sound.view[1]), 0, one(sound.view[2]));
  };
  expect("result of another 16-bit type", product(CAROUSEL_F16, 1, 2), CAROUSEL_INVALID_ARGUMENT);
  expect("integers as a result", product(CAROUSEL_I32, 1, 2), CAROUSEL_INVALID_ARGUMENT);
  expect("negative count", product(CAROUSEL_F32, -1, 2), CAROUSEL_INVALID_ARGUMENT);
  expect("negative terms", product(CAROUSEL_F32, 1, -1), CAROUSEL_INVALID_ARGUMENT);
  expect("no norm", carousel_clip_coefficient(stream(), nullptr, 1, number), CAROUSEL_INVALID_ARGUMENT);
  expect("no coefficient", carousel_clip_coefficient(stream(), number, 1, nullptr), CAROUSEL_INVALID_ARGUMENT);
  expect("no targets", carousel_adagrad(stream(), 1, nullptr, nullptr, 0.1f, 0, 0), CAROUSEL_INVALID_ARGUMENT);
  expect("negative targets", carousel_adagrad(stream(), -1, nullptr, nullptr, 0.1f, 0, 0), CAROUSEL_INVALID_ARGUMENT);
  expect("old h without h",
         carousel_lstm_forward(stream(), CAROUSEL_F32, {SIGMOID, TANH, TANH, 0, 0, nullptr}, 2, 4,
                               sound.view[0], nullptr, sound.view[1], NONE, NONE, sound.view[2], sound.view[3]),
         CAROUSEL_INVALID_ARGUMENT);
  expect("clip below 0",
         carousel_lstm_forward(stream(), CAROUSEL_F32, {SIGMOID, TANH, TANH, 0, -1, nullptr}, 2, 4,
                               sound.view[0], nullptr, sound.view[1], NONE, NONE, NONE, sound.view[2]),
         CAROUSEL_INVALID_ARGUMENT);
  synchronize();
}

}  // namespace check
