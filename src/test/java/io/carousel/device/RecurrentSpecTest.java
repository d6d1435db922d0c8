package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecurrentSpecTest {
  private static final RecurrentSpec RNN = RecurrentSpec.rnn(3, 4);
  private static final RecurrentSpec GRU = RecurrentSpec.gru(3, 4);
  private static final RecurrentSpec LSTM = RecurrentSpec.lstm(3, 4);

  private static void refused(String message, Executable option) {
    Exception e = assertThrows(IllegalArgumentException.class, option);
    assertEquals(message, e.getMessage());
  }

  @Test
  void optionsThatACellDoesNotHaveAreRefused() {
    refused("only an LSTM has peepholes, not GRU", () -> GRU.withPeephole(true));
    refused("only an LSTM has coupled gates, not RNN", () -> RNN.withCoupledInputForget(true));
    refused("only an LSTM has a cell state to clip, not GRU", () -> GRU.withCellClip(1));
    refused(
        "an RNN has no gates, gateActivation must stay sigmoid, got tanh",
        () -> RNN.withGateActivation(Activation.TANH));
    refused(
        "only an LSTM has a function on its cell's way out, not GRU",
        () -> GRU.withCellOutputActivation(Activation.RELU));
    String bound = "cellClip must be finite and not negative, got ";
    refused(bound + "-1.0", () -> LSTM.withCellClip(-1));
    refused(bound + "NaN", () -> LSTM.withCellClip(Double.NaN));
    refused(bound + "Infinity", () -> LSTM.withCellClip(Double.POSITIVE_INFINITY));
  }

  @Test
  void eachOptionChangesItselfOnly() {
    RecurrentSpec all =
        LSTM.withPeephole(true)
            .withCoupledInputForget(true)
            .withCellClip(2)
            .withGateActivation(Activation.TANH)
            .withActivation(Activation.RELU)
            .withCellOutputActivation(Activation.SOFTSIGN)
            .withNumLayers(2);
    RecurrentSpec expected =
        new RecurrentSpec(
            Cell.LSTM,
            3,
            4,
            2,
            false,
            true,
            0,
            0,
            Activation.RELU,
            Activation.TANH,
            Activation.SOFTSIGN,
            true,
            true,
            true,
            2,
            Precision.FP32);
    assertEquals(expected, all);
    // per layer 16 rows of in + 4 + 2 columns, and 3 peepholes of each unit
    assertEquals(16 * (3 + 4 + 2) + 12 + 16 * (4 + 4 + 2) + 12, all.parameterCount());
  }

  @Test
  void standardVariantsAreRecognised() {
    assertSame(LstmVariant.STANDARD, LstmVariant.of(LSTM, null));
    assertSame(GruVariant.STANDARD, GruVariant.of(GRU));
    assertFalse(LstmVariant.of(LSTM.withCellClip(1), null).isStandard());
    assertFalse(
        LstmVariant.of(LSTM.withGateActivation(Activation.SIGMOID.withClip(1)), null).isStandard());
    assertFalse(LstmVariant.of(LSTM.withCellOutputActivation(Activation.RELU), null).isStandard());
    assertFalse(GruVariant.of(GRU.withActivation(Activation.RELU)).isStandard());
  }
}
