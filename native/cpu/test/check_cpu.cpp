// Every kernel of the CPU against plain double arithmetic: cells, sizes, lengths, directions, cuts. Exit status 1 on failure.
// check_cpu [N]: every N-th case only.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <algorithm>

#include "check_functions.hpp"
#include "check_products.hpp"
#include "numbers.hpp"
#include "plain.hpp"

namespace {

constexpr double TOLERANCE = 1e-9; // squared error over the squares of the values, which are of the order of 1

struct Case {
  int64_t cell, activation, inputs, units;
  std::vector<int32_t> lengths;
  bool reverse, states, biases;
};

int failures = 0;

void compare(const Case &c, const char *what, const plain::Values &expected, const plain::Values &got) {
  double error = 0, scale = 0.01 * (double)expected.size(); // a tensor of one element may be a small difference
  for (size_t i = 0; i < expected.size(); i++) {
    error += (got[i] - expected[i]) * (got[i] - expected[i]);
    scale += expected[i] * expected[i];
  }
  if (!(error <= TOLERANCE * scale)) {
    failures++;
    printf("cell %d activation %d I %d H %d N %zu reverse %d states %d: %s differs by %.2e of its square\n", (int)c.cell,
           (int)c.activation, (int)c.inputs, (int)c.units, c.lengths.size(), c.reverse, c.states, what, error / scale);
  }
}

// How the work is cut: 0 in one piece, 1 by rows, 2 by columns.
void run_kernels(const carousel_cpu_run &run, int cut) {
  const int64_t panels = carousel_cpu_size(&run, CAROUSEL_CPU_FORWARD_PANELS);
  const int64_t columns = carousel_cpu_size(&run, CAROUSEL_CPU_BACKWARD_PANELS);
  const int64_t tiles = carousel_cpu_size(&run, CAROUSEL_CPU_GRADIENT_TILES);
  const int64_t N = run.batch, T = run.steps;
  const int64_t third = cut == 1 ? (N + 2) / 3 : N;
  const int64_t p = cut == 2 ? panels / 2 : panels, q = cut == 2 ? columns / 2 : columns;
  if (cut == 2) {
    carousel_cpu_start(&run, 0, N);
    for (int64_t s = 0; s < T; s++) {
      carousel_cpu_forward(&run, s, s + 1, 0, N, p, panels);
      carousel_cpu_forward(&run, s, s + 1, 0, N, 0, p);
    }
  } else {
    for (int64_t row = 0; row < N; row += third) {
      carousel_cpu_start(&run, row, std::min(N, row + third));
      carousel_cpu_forward(&run, 0, T, row, std::min(N, row + third), 0, panels);
    }
  }
  if (!run.training) {
    return;
  }
  for (int64_t row = 0; row < N; row += third) {
    carousel_cpu_backward_start(&run, row, std::min(N, row + third));
    if (cut != 2) {
      carousel_cpu_backward(&run, 0, T, row, std::min(N, row + third), 0, columns);
    }
  }
  for (int64_t s = T - 1; s >= 0 && cut == 2; s--) {
    carousel_cpu_backward(&run, s, s + 1, 0, N, q, columns);
    carousel_cpu_backward(&run, s, s + 1, 0, N, 0, q);
  }
  carousel_cpu_backward_end(&run, 0, N);
  const int64_t half = cut ? run.rows / 2 : 0;
  if (!run.d_x_by_rows) {
    carousel_cpu_input_gradient(&run, 0, half);
    carousel_cpu_input_gradient(&run, half, run.rows);
  }
  carousel_cpu_weight_gradients(&run, cut ? tiles / 3 : 0, tiles);
  carousel_cpu_weight_gradients(&run, 0, cut ? tiles / 3 : 0);
}

void check(const Case &c, int vector, int cut) {
  const int64_t N = (int64_t)c.lengths.size(), I = c.inputs, H = c.units, G = plain::gates_of(c.cell) * H;
  plain::Problem problem{c.cell, c.activation, I, H, {values(G * I, 1 / std::sqrt((double)std::max<int64_t>(I, 4))), values(G * H, 0.8 / std::sqrt((double)H)), {}, {}}};
  problem.w.b_ih = c.biases ? values(G, 0.5) : plain::Values(G);
  problem.w.b_hh = c.biases ? values(G, 0.5) : plain::Values(G);
  plain::Weights dw{values(G * I, 1), values(G * H, 1), values(G, 1), values(G, 1)};
  Floats d_ih(dw.ih), d_hh(dw.hh), d_b_ih(dw.b_ih), d_b_hh(dw.b_hh);

  std::vector<plain::Sequence> sequences(N);
  for (int64_t n = 0; n < N; n++) {
    plain::Sequence &s = sequences[n];
    s.steps = c.lengths[n];
    s.x = values(s.steps * I, 1);
    s.d_output = values(s.steps * H, 1);
    for (plain::Values *state : {&s.h0, &s.c0, &s.d_hn, &s.d_cn}) {
      *state = c.states ? values(H, 1) : plain::Values(H);
    }
    plain::run(problem, s, dw);
  }

  std::vector<int32_t> order(N), step_rows, step_offset;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return c.lengths[a] > c.lengths[b]; });
  int32_t rows = 0;
  for (int32_t t = 0; t < c.lengths[order[0]]; t++) {
    step_offset.push_back(rows);
    step_rows.push_back((int32_t)std::count_if(order.begin(), order.end(), [&](int n) { return c.lengths[n] > t; }));
    rows += step_rows.back();
  }
  auto pack = [&](plain::Values plain::Sequence::*of, int64_t width) { // a reversed run starts at a sequence's last step
    plain::Values packed((size_t)rows * width);
    for (size_t t = 0; t < step_rows.size(); t++) {
      for (int32_t i = 0; i < step_rows[t]; i++) {
        const plain::Sequence &s = sequences[order[i]];
        int64_t at = c.reverse ? s.steps - 1 - (int64_t)t : (int64_t)t;
        std::copy_n((s.*of).begin() + at * width, width, packed.begin() + (step_offset[t] + i) * width);
      }
    }
    return packed;
  };
  auto stack = [&](plain::Values plain::Sequence::*of) {
    plain::Values all;
    for (const plain::Sequence &s : sequences) {
      all.insert(all.end(), (s.*of).begin(), (s.*of).end());
    }
    return all;
  };

  for (int training = 0; training < 2; training++) {
    carousel_cpu_run run{};
    run.vector = vector;
    run.cell = c.cell;
    run.activation = c.activation;
    run.inputs = I;
    run.units = H;
    run.reverse = c.reverse;
    run.training = training;
    run.steps = (int64_t)step_rows.size();
    run.batch = N;
    run.rows = rows;
    run.step_rows = step_rows.data();
    run.step_offset = step_offset.data();
    run.order = order.data();
    Floats weights(carousel_cpu_size(&run, CAROUSEL_CPU_WEIGHTS)), gates(carousel_cpu_size(&run, CAROUSEL_CPU_GATES)),
        states(carousel_cpu_size(&run, CAROUSEL_CPU_STATES)), carry(carousel_cpu_size(&run, CAROUSEL_CPU_CARRY)),
        sums(carousel_cpu_size(&run, CAROUSEL_CPU_SUMS));
    Floats x(pack(&plain::Sequence::x, I)), d_output(pack(&plain::Sequence::d_output, H));
    Floats h0(stack(&plain::Sequence::h0)), c0(stack(&plain::Sequence::c0)), d_hn(stack(&plain::Sequence::d_hn)),
        d_cn(stack(&plain::Sequence::d_cn));
    Floats output((int64_t)rows * H), hn(N * H), cn(N * H), d_x((int64_t)rows * I), d_h0(N * H), d_c0(N * H);
    run.weights = weights.get();
    run.gates = gates.get();
    run.states = states.get();
    run.carry = carry.get();
    run.sums = sums.get();
    run.x = x.get();
    run.x_stride = I;
    run.h0 = c.states ? h0.get() : nullptr;
    run.c0 = c.states && c.cell == CAROUSEL_CPU_LSTM ? c0.get() : nullptr;
    run.h0_stride = run.c0_stride = run.hn_stride = run.cn_stride = H;
    run.d_hn_stride = run.d_cn_stride = run.d_h0_stride = run.d_c0_stride = H;
    run.output = output.get();
    run.output_stride = H;
    run.hn = c.states ? h0.get() : hn.get(); // may be h0
    run.cn = c.states ? c0.get() : cn.get();
    run.d_output = d_output.get();
    run.d_output_stride = H;
    run.d_hn = c.states ? d_hn.get() : nullptr;
    run.d_cn = c.states && c.cell == CAROUSEL_CPU_LSTM ? d_cn.get() : nullptr;
    run.d_h0 = d_h0.get();
    run.d_c0 = c.cell == CAROUSEL_CPU_LSTM ? d_c0.get() : nullptr;
    run.d_x = d_x.get();
    run.d_x_stride = I;
    run.d_x_by_rows = cut == 1;
    run.d_weight_ih = d_ih.get();
    run.d_weight_ih_stride = I;
    run.d_weight_hh = d_hh.get();
    run.d_weight_hh_stride = H;
    run.d_bias_ih = d_b_ih.get();
    run.d_bias_hh = d_b_hh.get();
    Floats w_ih(problem.w.ih), w_hh(problem.w.hh), b_ih(problem.w.b_ih), b_hh(problem.w.b_hh);
    const int64_t panels = carousel_cpu_size(&run, CAROUSEL_CPU_FORWARD_PANELS), some = cut ? panels / 2 : panels;
    for (auto [from, to] : {std::pair{some, panels}, std::pair{(int64_t)0, some}}) {
      carousel_cpu_pack(&run, w_ih.get(), I, w_hh.get(), H, c.biases ? b_ih.get() : nullptr, c.biases ? b_hh.get() : nullptr,
                        from, to);
    }
    run_kernels(run, cut);

    auto got = [](const float *p, int64_t n) { return plain::Values(p, p + n); };
    compare(c, training ? "output" : "output of inference", pack(&plain::Sequence::output, H), got(run.output, rows * H));
    compare(c, "hN", stack(&plain::Sequence::hn), got(run.hn, N * H));
    if (c.cell == CAROUSEL_CPU_LSTM) {
      compare(c, "cN", stack(&plain::Sequence::cn), got(run.cn, N * H));
    }
    if (training) {
      compare(c, "dx", pack(&plain::Sequence::d_x, I), got(run.d_x, rows * I));
      compare(c, "dh0", stack(&plain::Sequence::d_h0), got(run.d_h0, N * H));
      if (run.d_c0) {
        compare(c, "dc0", stack(&plain::Sequence::d_c0), got(run.d_c0, N * H));
      }
      compare(c, "dW_ih", dw.ih, got(run.d_weight_ih, G * I));
      compare(c, "dW_hh", dw.hh, got(run.d_weight_hh, G * H));
      compare(c, "db_ih", dw.b_ih, got(run.d_bias_ih, G));
      compare(c, "db_hh", dw.b_hh, got(run.d_bias_hh, G));
    }
  }
}

} // namespace

int main(int count, char **arguments) {
  failures += check_functions();
  failures += check_products();
  const int every = count > 1 ? std::max(1, atoi(arguments[1])) : 1;
  int number = 0, checked = 0;
  for (int vector = 8; vector <= carousel_cpu_vector_length(); vector *= 2) {
    for (int64_t cell : {CAROUSEL_CPU_RNN, CAROUSEL_CPU_LSTM, CAROUSEL_CPU_GRU}) {
      for (int64_t activation = 0; activation < (cell == CAROUSEL_CPU_RNN ? 4 : 1); activation++) {
        for (int64_t units : {1, 17, 64, 130}) {
          for (int64_t inputs : {1, 9, 70}) {
            for (const std::vector<int32_t> &lengths :
                 {std::vector<int32_t>{1}, {3, 9, 0, 5, 9}, {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, {0, 0}}) {
              for (int flags = 0; flags < 6; flags++) {
                if (number++ % every == 0) {
                  check({cell, activation, inputs, units, lengths, (flags & 1) != 0, (flags & 2) != 0, flags < 4}, vector,
                        checked++ % 3);
                }
              }
            }
          }
        }
      }
    }
    // input products in chunks, gradients in several blocks of rows
    check({CAROUSEL_CPU_LSTM, 0, 300, 200, {70, 10, 64, 33, 70, 65, 70, 70}, true, true, true}, vector, 1);
    check({CAROUSEL_CPU_GRU, 0, 300, 250, {70, 10, 64, 33, 70, 65, 70, 70}, false, true, true}, vector, 2);
    // weight gradients of more than one block of rows, sums of more than TERMS terms, more than BLOCK rows in a place
    std::vector<int32_t> lengths(100, 6);
    lengths[3] = 9;
    lengths[50] = 2;
    check({CAROUSEL_CPU_LSTM, 0, 70, 300, lengths, false, true, true}, vector, 0);
    check({CAROUSEL_CPU_GRU, 0, 33, 400, lengths, true, true, true}, vector, 1);
    check({CAROUSEL_CPU_RNN, 2, 140, 300, lengths, false, false, true}, vector, 2);
    checked += 5;
  }
  printf("check_cpu: %d cases, %d failures\n", checked, failures);
  return failures != 0;
}
