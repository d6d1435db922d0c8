#include "carousel/graph.h"
#include "carousel/ops.h"

#include <cstring>

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

void record_twice(carousel_view view) {
  require_ok("scale", carousel_scale(stream(), 2, 5, 2, view));
  require_ok("scale", carousel_scale(stream(), 2, 5, -1, view));
}

void launched_twice() {
  report.new_case("launched twice");
  Matrix x = Matrix::random(CAROUSEL_F32, 2, 5, {0, 0});
  carousel_graph graph = nullptr;
  int64_t nodes = 0;
  require_ok("graph_begin", carousel_graph_begin(stream()));
  record_twice(x.view());
  require_ok("graph_end", carousel_graph_end(stream(), &graph, &nodes));
  x.compare("x before", 0, 0); /* recorded, not run */
  if (nodes != 2) {
    report.fail("a graph of " + std::to_string(nodes) + " nodes, not 2");
  }
  require_ok("graph_launch", carousel_graph_launch(graph, stream()));
  require_ok("graph_launch", carousel_graph_launch(graph, stream()));
  require_ok("graph_destroy", carousel_graph_destroy(graph));
  for (int r = 0; r < 2; r++) {
    for (int c = 0; c < 5; c++) {
      x.set(r, c, 4 * x.at(r, c));
    }
  }
  x.compare("x", 0, 0);
}

void abandoned() {
  report.new_case("abandoned");
  Matrix x = Matrix::random(CAROUSEL_F32, 2, 5, {0, 0});
  require_ok("graph_begin", carousel_graph_begin(stream()));
  record_twice(x.view());
  require_ok("graph_abandon", carousel_graph_abandon(stream()));
  x.compare("x", 0, 0);
  require_ok("graph_abandon", carousel_graph_abandon(stream())); /* nothing to abandon */
  require_ok("scale", carousel_scale(stream(), 2, 5, 2, x.view()));
  for (int r = 0; r < 2; r++) {
    for (int c = 0; c < 5; c++) {
      x.set(r, c, 2 * x.at(r, c));
    }
  }
  x.compare("x", 0, 0); /* the stream works again */
}

void expect_text(carousel_status status, const char *name, const char *text) {
  report.new_case("status " + std::to_string(status));
  if (strcmp(carousel_status_name(status), name) != 0 || strcmp(carousel_status_text(status), text) != 0) {
    report.fail(std::string(carousel_status_name(status)) + ": " + carousel_status_text(status));
  }
}

}  // namespace

void check_graphs() {
  report.begin("carousel_graph_*");
  launched_twice();
  abandoned();
}

void check_statuses() {
  report.begin("carousel_status_*");
  expect_text(CAROUSEL_OK, "cudaSuccess", "no error");
  expect_text(1, "cudaErrorInvalidValue", "invalid argument");
  expect_text(CAROUSEL_INVALID_ARGUMENT, "CAROUSEL_INVALID_ARGUMENT", "the kernel library refused an argument");
  report.new_case("numbers");
  if (carousel_abi() != CAROUSEL_ABI || (carousel_toolkit() == 0) != is_emulated()) {
    report.fail("ABI " + std::to_string(carousel_abi()) + ", toolkit " + std::to_string(carousel_toolkit()));
  }
  if (carousel_set_device(10000) == CAROUSEL_OK) {
    report.fail("there is no GPU 10000");
  }
  require_ok("carousel_set_device", carousel_set_device(0));
}

}  // namespace check
