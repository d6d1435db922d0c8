package io.carousel.data.icu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IcuSetTest {
  @TempDir Path folder;
  private static IcuSet set;

  @BeforeAll
  static void read() throws IOException {
    set = IcuSet.read(TestData.require("physionet2012"));
  }

  @Test
  void theWholeOfSetAFromItsArchive() {
    assertEquals(4000, set.stays().size());
    assertEquals(554, set.stays().stream().filter(set::died).count());
    for (IcuStay stay : set.stays()) {
      for (IcuStay.Measurement m : stay.measurements()) {
        assertEquals(m.value(), m.variable().repair(m.value()), m::toString);
      }
    }
  }

  @Test
  void aFolderIsReadAsItsArchive() throws IOException {
    IcuSet some = IcuSet.read(SmallSet.unpack(folder, 20));
    assertEquals(set.stays().subList(0, 20), some.stays());
    assertEquals(some, IcuSet.read(folder.resolve("set-a")), "the folder of the records itself");
    assertEquals(some.sha256(), IcuSet.read(folder).sha256());
    Path first = folder.resolve("set-a/132539.txt");
    assertEquals(some.stays().get(0), IcuSet.stay(first));
    Files.writeString(first, Files.readString(first).replace("HR,73", "HR,74"));
    assertNotEquals(some.sha256(), IcuSet.read(folder).sha256());
  }

  @Test
  void placesThatHoldNoSetAreRefused() throws IOException {
    says("no such file", folder.resolve("missing"));
    says("no set-a", folder);
    record("set-a/1.txt", 1);
    says("no Outcomes-a.txt", folder);
    Files.writeString(folder.resolve("Outcomes-a.txt"), "RecordID,In-hospital_death\n2,0\n");
    says("record 1 has no line in the outcomes", folder);
    Files.writeString(folder.resolve("Outcomes-a.txt"), "RecordID,In-hospital_death\n1,0\n");
    assertEquals(1, IcuSet.read(folder).stays().size());
    record("set-a/2.txt", 1);
    says("record 1 is there twice", folder);
    Files.delete(folder.resolve("set-a/2.txt"));
    record("set-b/3.txt", 3);
    says("more than one set: name one of [set-a, set-b]", folder);
  }

  @Test
  void outcomesThatAreNoneAreRefusedByLine() throws IOException {
    record("set-a/1.txt", 1);
    outcomes("RecordID,Died\n1,0\n", "line 1: there are no columns");
    outcomes("", "line 1: there are no columns");
    outcomes("RecordID,In-hospital_death\n1,2\n", "line 2: expected");
    outcomes("RecordID,In-hospital_death\n1,0\n1,1\n", "line 3: record 1 is there twice");
  }

  private void outcomes(String text, String words) throws IOException {
    Files.writeString(folder.resolve("Outcomes-a.txt"), text);
    says(words, folder);
  }

  @Test
  void archivesThatAreNoneAreRefused() throws IOException {
    Path archive = folder.resolve("set-a.tar.gz");
    Files.writeString(folder.resolve("Outcomes-a.txt"), "RecordID,In-hospital_death\n1,0\n");
    Files.writeString(archive, "no archive at all");
    says("not a .tar.gz archive", folder);
    byte[] whole = Files.readAllBytes(TestData.require("physionet2012").resolve("set-a.tar.gz"));
    Files.write(archive, Arrays.copyOf(whole, 100_000));
    says("set-a.tar.gz: the archive ends too early", folder);
    TarReader text = new TarReader("x.tar", new ByteArrayInputStream(new byte[700]));
    assertEquals(null, text.next(), "zeros end an archive");
    byte[] letters = new byte[700];
    Arrays.fill(letters, (byte) 'a');
    TarReader wrong = new TarReader("x.tar", new ByteArrayInputStream(letters));
    assertThrows(IcuException.class, wrong::next);
  }

  private void record(String name, int id) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "Time,Parameter,Value\n00:00,RecordID," + id + "\n01:00,HR,80\n");
  }

  private static void says(String words, Path place) {
    Exception e = assertThrows(IcuException.class, () -> IcuSet.read(place));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }
}
