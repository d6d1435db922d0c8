/*
 * host_time [T B H]: what the time steps of an LSTM layer in training cost when C issues them, on a real GPU; one JSON
 * line per precision. All times in microseconds per time step, medians. What Java adds is its own time minus these.
 *
 *   host_us           host time of the four calls of a step (two products, two cells), without graphs
 *   step_us           time of a step on the GPU, without graphs
 *   graph_host_us     host time of launching the two graphs (forward, backward) of all steps
 *   graph_step_us     time of a step on the GPU, from graphs
 *   graph_nodes       nodes of both graphs per step: more than 4 where cuBLAS splits a product
 *   *_us              four node times. A graph of T nodes of one kind takes T * (node + gap), one of the smallest
 *                     kernel T * gap; node times are differences of these, so that
 *   gaps_us           graph_step_us minus the four node times is what starting and ending the nodes costs
 *   smallest_node_us  a step of the graph of the smallest kernel
 */
#include <algorithm>
#include <chrono>
#include <functional>

#include "carousel/graph.h"
#include "stopwatch.h"
#include "training_steps.h"

namespace {

using check::median;
using check::require;
using check::Shape;
using check::Stopwatch;
using check::TrainingSteps;
using Call = void (TrainingSteps::*)(int);

/* Steps whose calls fit into the driver's queue, so that the host never waits for the GPU. */
constexpr int STEPS_AT_ONCE = 64;

double host_microseconds(const std::function<void()> &work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

class Graph {
 public:
  Graph(cudaStream_t stream, const std::function<void()> &work) : stream(stream) {
    require(carousel_graph_begin(stream));
    work();
    require(carousel_graph_end(stream, &graph, &nodes));
  }
  ~Graph() { require(carousel_graph_destroy(graph)); }
  Graph(const Graph &) = delete;
  Graph &operator=(const Graph &) = delete;

  void launch() const { require(carousel_graph_launch(graph, stream)); }

  int64_t nodes = 0;

 private:
  cudaStream_t stream;
  carousel_graph graph = nullptr;
};

void forward(TrainingSteps &steps, int first, int count) {
  for (int t = first; t < first + count; t++) {
    steps.forward_product(t);
    steps.forward_cell(t);
  }
}

void backward(TrainingSteps &steps, int last, int count) {
  for (int t = last; t > last - count; t--) {
    steps.backward_cell(t);
    steps.backward_product(t);
  }
}

double issue(TrainingSteps &steps, cudaStream_t stream) {
  int T = steps.shape.T;
  double time = 0;
  for (int done = 0; done < T; done += STEPS_AT_ONCE) {
    int count = std::min(STEPS_AT_ONCE, T - done);
    time += host_microseconds([&] { forward(steps, done, count); });
    require(cudaStreamSynchronize(stream));
  }
  for (int done = 0; done < T; done += STEPS_AT_ONCE) {
    int count = std::min(STEPS_AT_ONCE, T - done);
    time += host_microseconds([&] { backward(steps, T - 1 - done, count); });
    require(cudaStreamSynchronize(stream));
  }
  return time;
}

void measure(Shape shape, carousel_type type, const char *precision, cudaStream_t stream) {
  TrainingSteps steps(shape, type, stream);
  Stopwatch watch(stream);
  int T = shape.T;
  auto per_step = [&](const std::function<double()> &work) { return median(work) / T; };
  auto all_forward = [&] { forward(steps, 0, T); };
  auto all_backward = [&] { backward(steps, T - 1, T); };
  double host = per_step([&] { return issue(steps, stream); });
  double step = per_step([&] {
    return watch.gpu_microseconds([&] {
      all_forward();
      all_backward();
    });
  });
  Graph forward_graph(stream, all_forward);
  Graph backward_graph(stream, all_backward);
  auto launch = [&] {
    forward_graph.launch();
    backward_graph.launch();
  };
  double graph_host = per_step([&] {
    double time = host_microseconds(launch);
    require(cudaStreamSynchronize(stream));
    return time;
  });
  double graph_step = per_step([&] { return watch.gpu_microseconds(launch); });
  auto chain = [&](Call call) {
    Graph graph(stream, [&] {
      for (int t = 0; t < T; t++) {
        (steps.*call)(t);
      }
    });
    return per_step([&] { return watch.gpu_microseconds([&] { graph.launch(); }); });
  };
  double smallest = chain(&TrainingSteps::smallest_kernel);
  double forward_product = chain(&TrainingSteps::forward_product) - smallest;
  double forward_cell = chain(&TrainingSteps::forward_cell) - smallest;
  double backward_cell = chain(&TrainingSteps::backward_cell) - smallest;
  double backward_product = chain(&TrainingSteps::backward_product) - smallest;
  printf(
      "{\"cell\":\"lstm\",\"precision\":\"%s\",\"T\":%d,\"B\":%d,\"H\":%d,\"host_us\":%.3f,\"step_us\":%.3f,"
      "\"graph_host_us\":%.3f,\"graph_step_us\":%.3f,\"graph_nodes\":%.2f,\"forward_product_us\":%.3f,"
      "\"forward_cell_us\":%.3f,\"backward_cell_us\":%.3f,\"backward_product_us\":%.3f,\"gaps_us\":%.3f,"
      "\"smallest_node_us\":%.3f}\n",
      precision, T, shape.B, shape.H, host, step, graph_host, graph_step,
      static_cast<double>(forward_graph.nodes + backward_graph.nodes) / T, forward_product, forward_cell,
      backward_cell, backward_product,
      graph_step - forward_product - forward_cell - backward_cell - backward_product, smallest);
}

}  // namespace

int main(int count, char **arguments) {
  Shape shape = {512, 16, 768};
  if (count != 1 && count != 4) {
    fprintf(stderr, "usage: host_time [T B H]\n");
    return 2;
  }
  if (count == 4) {
    shape = {atoi(arguments[1]), atoi(arguments[2]), atoi(arguments[3])};
  }
  if (shape.T < 1 || shape.B < 1 || shape.H < 1) {
    fprintf(stderr, "host_time: T, B and H are numbers from 1\n");
    return 2;
  }
  setvbuf(stdout, nullptr, _IOLBF, 0); /* so that an end by force loses no row */
  require(carousel_set_device(0));
  cudaStream_t stream = nullptr;
  require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  measure(shape, CAROUSEL_BF16, "bf16", stream);
  measure(shape, CAROUSEL_F32, "fp32", stream);
  require(cudaStreamDestroy(stream));
  return 0;
}
