package io.carousel.serve.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Any bytes give a request that is as its model wants it, or a ProtocolException of one line;
 * within memory in proportion to the bytes, whatever they claim. {@code -Dcarousel.fuzz.requests=N}
 * tries N of them.
 */
class RequestFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("carousel.fuzz.requests", 40_000);
  private static final long SEED = Long.getLong("carousel.fuzz.seed", 20261122L);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private record Seed(String text, ModelSignature signature) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final List<Seed> SEEDS =
      List.of(
          new Seed(
              "{\"id\":\"7\",\"inputs\":[{\"name\":\"input\",\"shape\":[1,2,2],"
                  + "\"datatype\":\"FP32\",\"data\":[1,-2.5,3e-4,4]},{\"name\":\"lengths\","
                  + "\"shape\":[1],\"datatype\":\"INT64\",\"data\":[2]}],"
                  + "\"outputs\":[{\"name\":\"output\"}],\"parameters\":{\"a\":false}}",
              Signatures.FEATURES),
          new Seed(
              "{\"inputs\":[{\"data\":[[[1,2],[3,4]],[[5,6],[7,8]]],\"parameters\":{},"
                  + "\"datatype\":\"FP32\",\"shape\":[2,2,2],\"name\":\"input\"}]}",
              Signatures.FEATURES),
          new Seed(
              "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"INT32\",\"shape\":[2,3],"
                  + "\"data\":[[1,2,3],[4,5,6]]}]}",
              Signatures.IDS),
          new Seed(
              "{ \"inputs\" : [ {\"shape\":[3,2], \"name\":\"input\", \"data\":[1,2,3,4,5,6],"
                  + " \"datatype\":\"FP32\"} ] }",
              Signatures.STEPS));

  @Test
  void mutatedRequestsAreReadOrRefused() {
    RequestMutator mutator = new RequestMutator(SEED, SEEDS.stream().map(Seed::bytes).toList());
    int accepted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Seed seed = SEEDS.get(i % SEEDS.size());
      byte[] bytes = mutator.mutate(seed.bytes());
      if (isAccepted(i, bytes, seed.signature())) {
        accepted++;
      }
    }
    // both answers must be frequent, or the mutations are too gentle or too rough to find anything
    assertTrue(accepted > MUTATIONS / 40, "accepted only " + accepted);
    assertTrue(accepted < MUTATIONS / 2, "accepted as many as " + accepted);
  }

  private static boolean isAccepted(int number, byte[] bytes, ModelSignature signature) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean accepted = false;
    try {
      requireFit(RequestReader.read(bytes, signature), signature);
      accepted = true;
    } catch (ProtocolException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message.length() < 600 && message.chars().noneMatch(Character::isISOControl), message);
    } catch (RuntimeException | Error e) {
      fail("mutation " + number + " of seed " + SEED + ": " + text(bytes), e);
    }
    // the first readings load classes, and the parser keeps a table of names that grows
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < (number < 100 ? 8_000_000 : 2_000_000) + 40L * bytes.length,
        () -> allocated + " bytes allocated for " + bytes.length + ": " + text(bytes));
    return accepted;
  }

  private static void requireFit(InferenceRequest request, ModelSignature signature) {
    for (Tensor tensor : request.inputs().values()) {
      int size = tensor.shape().stream().reduce(1, Math::multiplyExact);
      assertEquals(size, tensor.floats().length + tensor.integers().length);
      assertEquals(signature.input(tensor.spec().name()), tensor.spec());
      tensor.spec().require(tensor.shape());
      for (float value : tensor.floats()) {
        assertTrue(Float.isFinite(value));
      }
    }
    assertTrue(request.inputs().containsKey("input"));
  }

  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.substring(0, Math.min(text.length(), 2_000));
  }
}
