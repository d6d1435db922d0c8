package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.nn.Embedding;
import io.carousel.nn.Initializer;
import io.carousel.nn.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Models around given weights: they are there, and they fit together. */
class GivenWeightsTest {
  private static final Embedding.Weights TABLE =
      new Embedding.Weights(3, 2, new double[] {1, 2, 3, 4, 5, 6});

  private static SequenceModelBuilder around(int inputSize) {
    return SequenceModel.around(Gru.builder(inputSize, 2));
  }

  @Test
  void aTiedHeadSharesTheGivenTable() {
    Linear.Weights head = new Linear.Weights(3, 2, TABLE.table().clone(), new double[] {7, 8, 9});
    try (Device device = Devices.open("reference");
        SequenceModel model = around(2).embedding(TABLE).tiedHead(head).build(device, 1)) {
      assertEquals(
          model.parameters().get("embedding.weight"), model.parameters().get("out.weight"));
      assertArrayEquals(
          TABLE.table(), model.parameters().get("out.weight").download(model.queue()));
      assertArrayEquals(head.bias(), model.parameters().get("out.bias").download(model.queue()));
    }
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    Linear.Weights narrow = new Linear.Weights(2, 1, new double[2], new double[2]);
    Linear.Weights other = new Linear.Weights(3, 2, new double[6], new double[3]);
    try (Device device = Devices.open("reference")) {
      refused(
          "the embedding gives 2 numbers a row, the stack takes 4",
          () -> around(4).embedding(TABLE).build(device, 1));
      refused(
          "the head takes 1 numbers a row, the stack gives 2",
          () -> around(2).head(narrow).build(device, 1));
      refused(
          "the head is not tied: its weights are not those of the embedding",
          () -> around(2).embedding(TABLE).tiedHead(other).build(device, 1));
      refused(
          "the embedding has its weights: there is nothing to draw",
          () ->
              around(2)
                  .embedding(TABLE)
                  .embeddingInitializer(Initializer.zeros())
                  .build(device, 1));
    }
    refused(
        "an embedding of 2 ids and 2 features cannot have 3 weights",
        () -> new Embedding.Weights(2, 2, new double[3]));
    refused(
        "a linear layer of 1 inputs and 2 outputs cannot have 2 weights and 1 biases",
        () -> new Linear.Weights(2, 1, new double[2], new double[1]));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
