package io.carousel.data.icu;

import io.carousel.data.Sha256;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One set of the PhysioNet/CinC Challenge 2012: stays, and who died in hospital.
 *
 * @param source file or folder of the records
 * @param stays in the order of their record ids
 * @param died by record id, those without outcome left out
 */
public record IcuSet(Path source, List<IcuStay> stays, Map<Integer, Boolean> died) {
  private static final String ARCHIVE = ".tar.gz";

  /** Copies. */
  public IcuSet {
    stays = List.copyOf(stays);
    died = Map.copyOf(died);
  }

  /**
   * Reads a set with its outcomes.
   *
   * @param place the folder that holds {@code set-a} or {@code set-a.tar.gz} (or b, c) and {@code
   *     Outcomes-a.txt}, or the archive or folder of the records itself with the outcomes in it or
   *     beside it
   * @throws IcuException when there is no set, more than one, no outcomes, or a stay without one;
   *     when a file is not what it should be, with file and line
   */
  public static IcuSet read(Path place) throws IOException {
    Path source = source(place);
    Map<Integer, Boolean> died = OutcomesReader.read(outcomes(source));
    List<IcuStay> stays = new ArrayList<>();
    for (IcuStay stay : stays(source)) {
      if (!died.containsKey(stay.recordId())) {
        throw new IcuException(
            source.toString(), "record " + stay.recordId() + " has no line in the outcomes");
      }
      stays.add(stay);
    }
    return new IcuSet(source, stays, died);
  }

  /** The stays that one file {@code RecordID.txt} holds. */
  public static IcuStay stay(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IcuException(file.toString(), "no such record");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return stay(file.toString(), in);
    }
  }

  /** Whether a patient died in hospital. */
  public boolean died(IcuStay stay) {
    return Boolean.TRUE.equals(died.get(stay.recordId()));
  }

  /** A fingerprint of what was read: ids, outcomes, descriptors and measurements. */
  public String sha256() {
    Sha256 hash = new Sha256();
    try {
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(hash.stream()));
      for (IcuStay stay : stays) {
        out.writeInt(stay.recordId());
        out.writeBoolean(died(stay));
        out.writeDouble(stay.ageYears());
        out.writeDouble(stay.male());
        out.writeDouble(stay.heightCentimetres());
        out.writeDouble(stay.weightKilograms());
        out.writeInt(stay.unit().ordinal());
        for (IcuStay.Measurement m : stay.measurements()) {
          out.writeInt(m.minute());
          out.writeInt(m.variable().ordinal());
          out.writeDouble(m.value());
        }
      }
      out.flush();
      return hash.hex();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is really written
    }
  }

  private static Path source(Path place) throws IOException {
    if (!Files.exists(place)) {
      throw new IcuException(place.toString(), "no such file or folder");
    }
    if (!Files.isDirectory(place) || !records(place).isEmpty()) {
      return place;
    }
    List<Path> found = new ArrayList<>();
    for (Path inside : sorted(place)) {
      String name = inside.getFileName().toString();
      boolean archive = name.matches("set-\\w" + "\\.tar\\.gz");
      // an archive beside its own unpacked folder is the same set
      boolean unpacked = archive && found.contains(place.resolve(stem(name)));
      if ((archive && !unpacked) || (name.matches("set-\\w") && !records(inside).isEmpty())) {
        found.add(inside);
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IcuException(
        place.toString(),
        found.isEmpty()
            ? "no set-a, set-a.tar.gz (or b, c) and no RecordID.txt in it; scripts/data icu fetches"
                + " the set"
            : "more than one set: name one of "
                + found.stream().map(p -> p.getFileName().toString()).toList());
  }

  private static Path outcomes(Path source) throws IOException {
    Path beside = source.toAbsolutePath().getParent();
    List<Path> folders = new ArrayList<>();
    if (Files.isDirectory(source)) {
      folders.add(source);
    }
    if (beside != null) {
      folders.add(beside);
    }
    String set = stem(source.getFileName().toString()).replaceFirst("^set-", "");
    for (Path folder : folders) {
      Path own = folder.resolve("Outcomes-" + set + ".txt");
      if (Files.isRegularFile(own)) {
        return own;
      }
    }
    for (Path folder : folders) {
      List<Path> any =
          sorted(folder).stream()
              .filter(p -> p.getFileName().toString().matches("Outcomes.*\\.txt"))
              .toList();
      if (any.size() == 1) {
        return any.get(0);
      }
    }
    throw new IcuException(
        source.toString(), "there is no Outcomes-" + set + ".txt in it or beside it");
  }

  private static String stem(String name) {
    return name.endsWith(ARCHIVE) ? name.substring(0, name.length() - ARCHIVE.length()) : name;
  }

  private static List<IcuStay> stays(Path source) throws IOException {
    List<IcuStay> stays = new ArrayList<>();
    if (Files.isDirectory(source)) {
      for (Path file : records(source)) {
        stays.add(stay(file));
      }
    } else {
      readArchive(source, stays);
    }
    if (stays.isEmpty()) {
      throw new IcuException(source.toString(), "there is no record in it");
    }
    stays.sort(Comparator.comparingInt(IcuStay::recordId));
    Set<Integer> ids = new HashSet<>();
    for (IcuStay stay : stays) {
      if (!ids.add(stay.recordId())) {
        throw new IcuException(source.toString(), "record " + stay.recordId() + " is there twice");
      }
    }
    return stays;
  }

  private static void readArchive(Path archive, List<IcuStay> stays) throws IOException {
    try (InputStream file = Files.newInputStream(archive);
        InputStream in = new GZIPInputStream(file, 1 << 16)) {
      TarReader tar = new TarReader(archive.toString(), in);
      for (TarReader.Entry e = tar.next(); e != null; e = tar.next()) {
        String name = e.name().substring(e.name().lastIndexOf('/') + 1);
        if (isRecord(name)) {
          stays.add(stay(archive + ":" + e.name(), new ByteArrayInputStream(e.bytes())));
        }
      }
    } catch (EOFException e) {
      throw new IcuException(archive.toString(), "the archive ends too early; fetch it again");
    } catch (ZipException e) {
      throw new IcuException(archive.toString(), "not a .tar.gz archive (" + e.getMessage() + ")");
    }
  }

  private static IcuStay stay(String name, InputStream in) throws IOException {
    return StayReader.read(
        name, new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
  }

  private static boolean isRecord(String name) {
    return name.matches("\\d+\\.txt");
  }

  private static List<Path> records(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    return sorted(folder).stream().filter(p -> isRecord(p.getFileName().toString())).toList();
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
