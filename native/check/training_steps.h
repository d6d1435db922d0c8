/* The time steps of one LSTM layer in training, issued from C exactly as the stepwise plan issues them from Java. */
#ifndef CAROUSEL_CHECK_TRAINING_STEPS_H
#define CAROUSEL_CHECK_TRAINING_STEPS_H

#include <vector>

#include "carousel/lstm.h"
#include "carousel/ops.h"
#include "cublas.h"

namespace check {

struct Shape {
  int T, B, H;
};

class TrainingSteps {
 public:
  TrainingSteps(Shape shape, carousel_type type, cudaStream_t stream)
      : shape(shape),
        type(type),
        data_type(type == CAROUSEL_F32 ? CUDA_R_32F : CUDA_R_16BF),
        width(type == CAROUSEL_F32 ? 4 : 2),
        stream(stream),
        cublas(stream) {
    int rows = shape.T * shape.B, H = shape.H;
    weight = operand(4 * H, H);
    gates = operand(rows, 4 * H);
    h = operand(shape.B, H);
    h_prev = operand(rows, H);
    bias = real(1, 4 * H);
    c = real(shape.B, H);
    c_prev = real(rows, H);
    output = real(rows, H);
    d_output = real(rows, H);
    dh = real(shape.B, H);
    dc = real(shape.B, H);
    require(cudaStreamSynchronize(stream));
  }

  ~TrainingSteps() {
    for (void *memory : owned) {
      require(cudaFree(memory));
    }
  }
  TrainingSteps(const TrainingSteps &) = delete;
  TrainingSteps &operator=(const TrainingSteps &) = delete;

  /* gates_t <- gates_t + h * W_hh' */
  void forward_product(int t) {
    cublas.product(true, shape.B, 4 * shape.H, shape.H, h, weight, data_type, 1, row(gates, t, 4 * width), data_type);
  }

  void forward_cell(int t) {
    int64_t H = shape.H;
    require(carousel_lstm_forward(stream, type, STANDARD, shape.B, shape.H, {row(gates, t, 4 * width), 4 * H},
                                  static_cast<const float *>(bias), {c, H}, {row(c_prev, t, 4), H}, {h, H},
                                  {row(h_prev, t, width), H}, {row(output, t, 4), H}));
  }

  void backward_cell(int t) {
    int64_t H = shape.H;
    require(carousel_lstm_backward(stream, type, STANDARD, shape.B, shape.H, {row(gates, t, 4 * width), 4 * H},
                                   {row(c_prev, t, 4), H}, {row(d_output, t, 4), H}, {dh, H}, {dc, H}, {nullptr, 0}));
  }

  /* dh <- dgates_t * W_hh */
  void backward_product(int t) {
    cublas.product(false, shape.B, shape.H, 4 * shape.H, row(gates, t, 4 * width), weight, data_type, 0, dh,
                   CUDA_R_32F);
  }

  /* The least that a kernel can be: it writes one number. */
  void smallest_kernel(int) { require(carousel_fill(stream, CAROUSEL_F32, 1, 1, 0, {dc, 1})); }

  const Shape shape;

 private:
  static constexpr carousel_lstm_variant STANDARD = {
      {CAROUSEL_SIGMOID, 0, 0, 0}, {CAROUSEL_TANH, 0, 0, 0}, {CAROUSEL_TANH, 0, 0, 0}, 0, 0, nullptr};

  static void require(int status) {
    if (status != 0) {
      fprintf(stderr, "host_time: status %d: %s\n", status, carousel_status_text(status));
      exit(1);
    }
  }

  /* Rows t*B... of a matrix with H columns of so many bytes. */
  void *row(void *matrix, int t, int bytes) const {
    return static_cast<char *>(matrix) + static_cast<size_t>(t) * shape.B * shape.H * bytes;
  }

  void *allocate(size_t bytes) {
    void *memory = nullptr;
    require(cudaMalloc(&memory, bytes));
    owned.push_back(memory);
    return memory;
  }

  /* Small numbers of both signs. */
  void *real(int rows, int columns) {
    std::vector<float> values(static_cast<size_t>(rows) * columns);
    uint32_t state = 1;
    for (float &value : values) {
      state = state * 1664525u + 1013904223u;
      value = (static_cast<float>(state >> 8) * 0x1p-23f - 1) * 0.03f;
    }
    void *memory = allocate(values.size() * 4);
    require(cudaMemcpyAsync(memory, values.data(), values.size() * 4, cudaMemcpyHostToDevice, stream));
    require(cudaStreamSynchronize(stream));
    return memory;
  }

  void *operand(int rows, int columns) {
    void *reals = real(rows, columns);
    if (type == CAROUSEL_F32) {
      return reals;
    }
    void *memory = allocate(static_cast<size_t>(rows) * columns * width);
    require(carousel_copy(stream, CAROUSEL_F32, type, rows, columns, {reals, columns}, {memory, columns}));
    return memory;
  }

  const carousel_type type;
  const cudaDataType_t data_type;
  const int width;
  const cudaStream_t stream;
  Cublas cublas;
  std::vector<void *> owned;
  void *weight, *gates, *h, *h_prev, *bias, *c, *c_prev, *output, *d_output, *dh, *dc;
};

}  // namespace check

#endif
