package io.carousel.task.icu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.icu.IcuSet;
import io.carousel.data.icu.IcuStay;
import io.carousel.data.icu.SmallSet;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFile;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small ensemble on 200 real patients: not good, but everything that a good one does. */
class IcuMortalityTest {
  private static final int PATIENTS = 200;

  @TempDir static Path folder;
  private static Device device;
  private static IcuSet set;

  @BeforeAll
  static void read() throws IOException {
    set = IcuSet.read(SmallSet.unpack(folder.resolve("data"), PATIENTS));
    device = Devices.open("cpu");
  }

  @AfterAll
  static void close() {
    device.close();
  }

  private static IcuSettings settings(boolean decay) {
    return new IcuSettings(4, 2, decay, 0.2, 0.2, 0.3, 2, 64, 5e-3, 0.05, 4, 0.2, 1);
  }

  private IcuMortality.Outcome train(IcuSet of, boolean decay, String run) throws IOException {
    return new IcuMortality(settings(decay), of, device)
        .run(TrainingRun.in(RunFolder.create(folder.resolve(run))));
  }

  private static MortalityModel load(String run) throws IOException {
    return MortalityModel.load(folder.resolve(run).resolve("model.safetensors"), device);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void learnsAndLeavesModelMetricsAndReport(boolean decay) throws IOException {
    String run = "run" + decay;
    IcuMortality.Outcome outcome = train(set, decay, run);
    List<Double> losses = outcome.training().history().stream().map(e -> e.trainLoss()).toList();
    assertTrue(losses.get(1) < losses.get(0), losses::toString);
    IcuEvaluation test = assertNotNull2(outcome.test());
    IcuEvaluation crossValidated = assertNotNull2(outcome.crossValidated());
    assertEquals(PATIENTS, test.stays().size() + crossValidated.stays().size());
    try (MortalityModel loaded = load(run)) {
      assertArrayEquals(test.risks(), loaded.risks(test.stays()), "the loaded model says the same");
      IcuEvaluation again = IcuEvaluation.of(loaded, set);
      assertEquals(test.auroc(), again.auroc());
      assertEquals(test.stays(), again.stays(), "only patients that it did not learn from");
      IcuStay stay = test.stays().get(3);
      double[] hourly = loaded.riskByHour(stay);
      assertEquals(IcuStay.HOURS, hourly.length);
      assertEquals(loaded.risk(stay), hourly[47]);
      assertEquals(loaded.risk(stay), test.risks()[3], 1e-6);
    }
    String report = Files.readString(folder.resolve(run).resolve("report.html"));
    for (String part :
        List.of(
            "not a medical device", "ROC curve", "coronary care", set.sha256(), "Calibration")) {
      assertTrue(report.contains(part), part);
    }
  }

  private static <T> T assertNotNull2(T value) {
    assertNotNull(value);
    return value;
  }

  @Test
  void patientsAreInOnePartOnlyAndDeathsEverywhere() {
    PatientSplit split = PatientSplit.of(set, 3, 0.2, 1);
    assertEquals(split, PatientSplit.of(set, 3, 0.2, 1));
    assertNotEquals(split, PatientSplit.of(set, 3, 0.2, 2));
    Set<IcuStay> seen = new HashSet<>(split.test());
    assertEquals(40, split.test().size());
    double share = set.stays().stream().filter(set::died).count() / (double) PATIENTS;
    for (int member = 0; member < 3; member++) {
      List<IcuStay> fold = split.folds().get(member);
      assertTrue(split.learning(member).stream().noneMatch(fold::contains));
      assertEquals(160 - fold.size(), split.learning(member).size());
      assertEquals(share * fold.size(), (double) fold.stream().filter(set::died).count(), 1.5);
      fold.forEach(stay -> assertTrue(seen.add(stay)));
    }
    assertEquals(PATIENTS, seen.size());
  }

  /** Other values of held-back patients change no bit of normalisation or weights. */
  @Test
  void nothingIsLearnedFromHeldBackPatients() throws IOException {
    train(set, false, "asIs");
    Set<IcuStay> test = new HashSet<>(PatientSplit.of(set, 2, 0.2, 1).test());
    train(changed(test::contains), false, "testChanged");
    train(changed(stay -> !test.contains(stay)), false, "learningChanged");
    try (ModelFile asIs = open("asIs");
        ModelFile same = open("testChanged");
        ModelFile other = open("learningChanged")) {
      assertEquals(asIs.description().get("normalizer"), same.description().get("normalizer"));
      assertNotEquals(asIs.description().get("normalizer"), other.description().get("normalizer"));
      for (String name : asIs.tensors().names()) {
        assertArrayEquals(asIs.tensors().readFloats(name), same.tensors().readFloats(name), name);
      }
    }
  }

  private static ModelFile open(String run) throws IOException {
    return ModelFile.open(folder.resolve(run).resolve("model.safetensors"));
  }

  private static IcuSet changed(Predicate<IcuStay> which) {
    List<IcuStay> stays = new ArrayList<>();
    for (IcuStay s : set.stays()) {
      stays.add(
          which.test(s)
              ? new IcuStay(s.recordId(), 99, 0, 210, 200, s.unit(), s.measurements().subList(0, 1))
              : s);
    }
    return new IcuSet(set.source(), stays, set.died());
  }

  @Test
  void aRunThatWasStoppedGoesOnBitForBit() throws IOException {
    train(set, false, "whole");
    RunFolder stopped = RunFolder.create(folder.resolve("stopped"));
    Runnable[] stop = new Runnable[1];
    TrainingListener afterOneStep =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, double loss, int samples) {
            stop[0].run();
          }
        };
    IcuMortality.Outcome first =
        new IcuMortality(settings(false), set, device)
            .run(
                new TrainingRun(
                    stopped,
                    TrainingRun.Options.DEFAULT,
                    List.of(afterOneStep),
                    request -> stop[0] = request));
    assertEquals(TrainingResult.End.INTERRUPTED, first.training().end());
    assertFalse(Files.exists(stopped.model()));
    new IcuMortality(settings(false), set, device)
        .run(
            new TrainingRun(
                RunFolder.open(stopped.path()),
                new TrainingRun.Options(true, 0, false, 0, false),
                List.of(),
                request -> {}));
    try (ModelFile whole = open("whole");
        ModelFile resumed = open("stopped")) {
      for (String name : whole.tensors().names()) {
        assertArrayEquals(
            whole.tensors().readFloats(name), resumed.tensors().readFloats(name), name);
      }
    }
  }

  @Test
  void aModelThatLearnedFromAllIsJudgedOnAnotherSetOnly() throws IOException {
    IcuSettings all = new IcuSettings(2, 2, false, 0, 0, 0.3, 1, 64, 5e-3, 0, 4, 0, 1);
    IcuMortality.Outcome outcome =
        new IcuMortality(all, set, device)
            .run(TrainingRun.in(RunFolder.create(folder.resolve("all"))));
    assertEquals(null, outcome.test());
    try (MortalityModel model = load("all")) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> IcuEvaluation.of(model, set));
      assertTrue(e.getMessage().contains("learned from all of these patients"), e.getMessage());
    }
  }
}
