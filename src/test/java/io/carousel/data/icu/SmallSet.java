package io.carousel.data.icu;

import io.carousel.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The first patients of the real set-a. */
public final class SmallSet {
  private SmallSet() {}

  /** Unpacks the first {@code count} records and the outcomes into a folder, as a user has them. */
  public static Path unpack(Path folder, int count) throws IOException {
    Path data = TestData.require("physionet2012");
    Path records = Files.createDirectories(folder.resolve("set-a"));
    Files.copy(data.resolve("Outcomes-a.txt"), folder.resolve("Outcomes-a.txt"));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(data.resolve("set-a.tar.gz")))) {
      TarReader tar = new TarReader("set-a", in);
      for (int i = 0; i < count; i++) {
        TarReader.Entry entry = tar.next();
        Files.write(records.resolve(Path.of(entry.name()).getFileName()), entry.bytes());
      }
    }
    return folder;
  }
}
