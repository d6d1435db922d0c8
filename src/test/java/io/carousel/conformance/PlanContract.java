package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.TestDevices;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What a device's own plan owes its users beside right numbers, which the conformance suite checks.
 */
abstract class PlanContract {
  private static final PackedShape DENSE = PackedShape.dense(3, 5);

  static final RecurrentSpec LSTM = RecurrentSpec.lstm(5, 20).withNumLayers(4).withDropout(0.2);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final String name;
  private final RecurrentSpec spec;
  private final PackedShape ragged;
  private Device device;
  private Queue queue;

  /** A device by its name, and the precision in which it has a plan of its own. */
  PlanContract(String name, Precision precision) {
    this(name, LSTM.withBidirectional(true).withPrecision(precision), PackedShape.of(2, 6, 0, 4));
  }

  /**
   * The same of a stack.
   *
   * @param spec an LSTM with inputs of 5 numbers
   */
  PlanContract(String name, RecurrentSpec spec, PackedShape ragged) {
    this.name = name;
    this.spec = spec;
    this.ragged = ragged;
  }

  @BeforeEach
  void open() {
    String unavailable = TestDevices.provider(name).whyUnavailable();
    assumeTrue(unavailable == null, "skipped: " + unavailable);
    device = Devices.open(name);
    queue = device.openQueue();
    String why = device.whyNotFused(spec, new PlanCapacity(1, 1));
    assumeTrue(why == null, "skipped: " + why);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    if (device != null) {
      queue.close();
      device.close();
    }
  }

  private RecurrentPlan plan() {
    RecurrentPlan plan = device.fusedPlan(spec, new PlanCapacity(100, 10));
    opened.add(plan);
    return plan;
  }

  private PlanFixture fixture(PackedShape shape, int gap) {
    PlanFixture fixture = new PlanFixture(queue, spec, shape, gap);
    opened.add(0, fixture);
    return fixture;
  }

  private static void requireEqual(Map<String, float[]> expected, Map<String, float[]> got) {
    assertEquals(expected.keySet(), got.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
  }

  @Test
  void operandsMayHaveGaps() {
    for (PackedShape shape : List.of(ragged, DENSE)) {
      PlanFixture plain = fixture(shape, 0);
      PlanFixture gaps = fixture(shape, 3);
      requireEqual(plain.train(plan()), gaps.train(plan()));
      requireEqual(plain.infer(plan()), gaps.infer(plan()));
    }
  }

  @Test
  void weightsArePackedAgainWhenTheyWereWritten() {
    RecurrentPlan plan = plan();
    PlanFixture fixture = fixture(ragged, 0);
    Map<String, float[]> before = fixture.infer(plan);
    requireEqual(before, fixture.infer(plan));
    fixture.writeWeights(2);
    Map<String, float[]> after = fixture.infer(plan);
    requireEqual(fixture.infer(plan()), after);
    assertFalse(java.util.Arrays.equals(before.get("output"), after.get("output")));
    requireEqual(fixture.train(plan()), fixture.train(plan)); // now for backward too
    fixture.writeWeights(3);
    requireEqual(fixture.train(plan()), fixture.train(plan));
    requireEqual(fixture.infer(plan()), fixture.infer(plan));
    // other weights of the same version
    PlanFixture other = fixture(ragged, 0);
    other.writeWeights(2);
    other.writeWeights(3);
    requireEqual(other.infer(plan()), other.infer(plan));
  }

  /** Whether or not it is recorded by then; weights, input, states and dropout are others. */
  @Test
  void aShapeMayComeAgainWithOtherNumbers() {
    for (int gap : new int[] {0, 3}) {
      RecurrentPlan plan = plan();
      PlanFixture fixture = fixture(ragged, gap);
      Map<String, float[]> before = Map.of();
      for (int i = 0; i < 4; i++) {
        fixture.writeAll(i);
        Map<String, float[]> expected = fixture.train(plan());
        Map<String, float[]> got = fixture.train(plan);
        requireEqual(expected, got);
        assertFalse(java.util.Arrays.equals(before.get("output"), got.get("output")));
        before = got;
      }
      boolean records = queue.whyNotRecorded() == null;
      assertEquals(records, plan.launch().startsWith("recorded; one launch"), plan.launch());
      PlanFixture other = fixture(ragged, gap); // weights in other places
      other.writeAll(9);
      requireEqual(other.train(plan()), other.train(plan));
      requireEqual(before, fixture.backward(fixture.forward(plan, new RecurrentPlan.Trace() {})));
      assertEquals(records, plan.launch().contains(": a trace looks at every step"), plan.launch());
    }
  }

  @Test
  void severalPassesMayBeOpen() {
    PlanFixture a = fixture(ragged, 0);
    PlanFixture b = fixture(DENSE, 0);
    b.writeWeights(5); // other weights than a's
    Map<String, float[]> expectedA = a.train(plan());
    Map<String, float[]> expectedB = b.train(plan());
    Map<String, float[]> inferred = a.infer(plan());
    RecurrentPlan plan = plan();
    RecurrentPlan.Pass passA = a.forward(plan);
    RecurrentPlan.Pass passB = b.forward(plan);
    requireEqual(inferred, a.infer(plan));
    RecurrentPlan.Pass unused = b.forward(plan);
    assertTrue(plan.isBusy());
    requireEqual(expectedA, a.backward(passA));
    unused.close();
    requireEqual(expectedB, b.backward(passB));
    assertFalse(plan.isBusy());
    assertThrows(IllegalStateException.class, passB::output);
    assertThrows(IllegalStateException.class, () -> b.backward(passB));
  }

  /** No gradient given means zeros; a result that is not wanted changes no other. */
  @Test
  void gradientsMayBeLeftOut() {
    PlanFixture fixture = fixture(ragged, 0);
    Map<String, float[]> full = fixture.train(plan());
    RecurrentPlan.Pass pass = fixture.forward(plan());
    Map<String, float[]> weightsOnly = fixture.backwardForWeights(pass);
    weightsOnly.forEach((name, values) -> assertArrayEquals(full.get(name), values, name));
    fixture.zeroOutputGradients();
    Map<String, float[]> zeros = fixture.train(plan());
    requireEqual(zeros, fixture.backwardOfNothing(fixture.forward(plan())));
  }

  @Test
  void nothingIsAllocatedOnTheDeviceOnceEveryShapeWasSeen() {
    RecurrentPlan plan = plan();
    PlanFixture a = fixture(ragged, 0);
    PlanFixture b = fixture(DENSE, 0);
    for (int i = 0; i < 3; i++) { // the second time a pass may be recorded, with its own memory
      a.train(plan);
      b.infer(plan);
      a.infer(plan);
      b.train(plan);
    }
    long before = device.allocationCount();
    for (int i = 0; i < 5; i++) {
      a.train(plan);
      b.infer(plan);
      a.infer(plan);
      b.train(plan);
    }
    assertEquals(before, device.allocationCount());
  }

  /** Memory that is won back for a batch is not what the batch itself uses. */
  @Test
  void inferenceMayTakeWhatAPassHasLeftIdle() {
    PlanFixture fixture = fixture(ragged, 0);
    Map<String, float[]> expected = fixture.infer(plan());
    long peak = inferAfterALargerPass(DeviceOptions.DEFAULT, expected);
    for (int extra = 0; extra < 2048; extra += 256) {
      inferAfterALargerPass(new DeviceOptions(0, peak + extra), expected);
    }
  }

  /** Returns the peak of memory before inference. */
  private long inferAfterALargerPass(DeviceOptions options, Map<String, float[]> expected) {
    try (Device other = TestDevices.provider(name).open(0, options);
        Queue on = other.openQueue();
        PlanFixture large = new PlanFixture(on, spec, PackedShape.dense(10, 10), 0);
        PlanFixture small = new PlanFixture(on, spec, ragged, 0);
        RecurrentPlan plan = other.fusedPlan(spec, new PlanCapacity(100, 10))) {
      large.train(plan);
      long peak = other.peakAllocatedBytes();
      requireEqual(expected, small.infer(plan));
      return peak;
    }
  }

  @Test
  void whatWasClosedIsNotTouched() {
    PlanFixture fixture = fixture(ragged, 0);
    RecurrentPlan plan = plan();
    RecurrentPlan.Pass pass = fixture.forward(plan);
    fixture.input.buffer().close();
    assertThrows(IllegalStateException.class, () -> fixture.backward(pass));
    assertThrows(IllegalStateException.class, () -> fixture.infer(plan));
    assertTrue(plan.isBusy());
    assertThrows(IllegalStateException.class, plan::close);
    assertThrows(IllegalStateException.class, () -> fixture.backward(pass));
    pass.close();
    plan.close();
    Exception closed = assertThrows(IllegalStateException.class, () -> fixture.infer(plan));
    assertEquals("this plan is closed", closed.getMessage());
  }

  @Test
  void operandsAreChecked() throws Exception {
    RecurrentPlan plan = plan();
    PlanFixture fixture = fixture(ragged, 0);
    PlanFixture large = fixture(PackedShape.dense(3, 11), 0);
    assertMessage("exceeds the plan's", () -> large.infer(plan));
    Matrix right = fixture.input;
    fixture.input = right.columns(0, 4);
    int rows = ragged.rows();
    assertMessage(
        "input [Σ n_t, I]: expected [%d, 5], got [%d, 4]".formatted(rows, rows),
        () -> fixture.infer(plan));
    try (Device reference = Devices.open("reference");
        Queue other = reference.openQueue();
        PlanFixture elsewhere = new PlanFixture(other, spec, ragged, 0)) {
      fixture.input = elsewhere.input;
      assertMessage("lies on device reference", () -> fixture.infer(plan));
      assertMessage("the plan is of device " + name, () -> elsewhere.infer(plan));
    }
    fixture.input = right;
    refusedToAnotherThread(() -> fixture.infer(plan));
  }

  /** A call that is refused changes nothing: the pass can still run backward where it belongs. */
  @Test
  void aPassStaysOpenWhenAnotherThreadIsRefused() throws Exception {
    PlanFixture fixture = fixture(ragged, 0);
    Map<String, float[]> expected = fixture.train(plan());
    RecurrentPlan plan = plan();
    RecurrentPlan.Pass pass = fixture.forward(plan);
    refusedToAnotherThread(() -> fixture.forward(plan));
    refusedToAnotherThread(() -> fixture.onlyBackward(pass));
    assertTrue(plan.isBusy());
    requireEqual(expected, fixture.backward(pass));
    assertFalse(plan.isBusy());
  }

  private static void refusedToAnotherThread(Executable call) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(() -> thrown.add(assertThrows(IllegalStateException.class, call)), "another");
    thread.setUncaughtExceptionHandler((t, failure) -> thrown.add(failure));
    thread.start();
    thread.join();
    assertTrue(thrown.get(0).getMessage().contains("not by 'another'"), thrown.toString());
  }

  private static void assertMessage(String part, Runnable action) {
    Exception refused = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(refused.getMessage().contains(part), refused.getMessage());
  }
}
