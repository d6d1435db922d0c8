package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.AamiClass;
import io.carousel.data.ecg.MitBih;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeatFolderTest {
  @TempDir Path folder;

  private BeatFolder with(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(folder.resolve(name + ".hea"), "");
    }
    return new BeatFolder(folder);
  }

  @Test
  void ofBothHalvesTrainingTakesTheFirstAndTheReportTheOther() throws IOException {
    BeatFolder both = with("100", "101", "102", "106", "233");
    assertEquals(List.of("101", "106"), both.training(List.of()));
    assertEquals(List.of("100", "233"), both.unseen(List.of(), List.of("101", "106")));
    assertEquals(List.of("101"), both.unseen(List.of("101"), List.of("101", "106")));
    assertEquals(List.of("100", "233"), both.training(List.of("100", "233")));
  }

  @Test
  void ofUnknownRecordsAllCount() throws IOException {
    BeatFolder own = with("p1", "p2", "p3", "217");
    assertEquals(List.of("p1", "p2", "p3"), own.training(List.of()));
    assertEquals(List.of("p1", "p2", "p3"), own.unseen(List.of(), MitBih.DS1));
    assertEquals(List.of("p3"), own.unseen(List.of(), List.of("p1", "p2")));
  }

  @Test
  void whatCannotBeIsNamed() throws IOException {
    IOException empty = assertThrows(IOException.class, () -> new BeatFolder(folder));
    assertTrue(empty.toString().contains("no WFDB record"), empty.toString());
    BeatFolder second = with("100", "103");
    IOException seen =
        assertThrows(IOException.class, () -> second.unseen(List.of(), List.of("100", "103")));
    assertTrue(seen.getMessage().contains("--records"), seen.getMessage());
    IOException few = assertThrows(IOException.class, () -> second.training(List.of()));
    assertTrue(few.getMessage().contains("two records or more"), few.getMessage());
    IOException none =
        assertThrows(IOException.class, () -> second.unseen(List.of("999"), List.of()));
    assertTrue(none.toString().contains("no record '999'"), none.toString());
  }

  @Test
  void theHalvesAreDeChazals() {
    assertEquals(22, Set.copyOf(MitBih.DS1).size());
    assertEquals(22, Set.copyOf(MitBih.DS2).size());
    Set<String> all = new java.util.HashSet<>(MitBih.PACED);
    Stream.of(MitBih.DS1, MitBih.DS2).forEach(all::addAll);
    assertEquals(48, all.size(), "no record is in two lists");
  }

  @Test
  void everyGroupOfTheFirstHalfHasBeatsOfAllClasses() throws IOException {
    Path data = TestData.require("mitdb-ds1");
    List<List<String>> groups = BeatFolder.leftOut(MitBih.DS1, 5);
    assertEquals(5, groups.size());
    assertEquals(MitBih.DS1, groups.stream().flatMap(List::stream).sorted().toList());
    for (List<String> group : groups) {
      Set<AamiClass> classes = EnumSet.noneOf(AamiClass.class);
      for (String name : group) {
        BeatRecord record = BeatRecord.annotated(data.resolve(name + ".hea"));
        for (int i = 0; i < record.beatCount(); i++) {
          AamiClass known = record.annotatedClass(i);
          if (known != null) {
            classes.add(known);
          }
        }
      }
      assertTrue(classes.containsAll(BeatClassifier.CLASSES), group + " has " + classes);
    }
    assertEquals(
        List.of(List.of("a", "c"), List.of("b")), BeatFolder.leftOut(List.of("a", "b", "c"), 2));
    assertEquals(3, BeatFolder.leftOut(List.of("a", "b", "c"), 5).size(), "none is empty");
  }
}
