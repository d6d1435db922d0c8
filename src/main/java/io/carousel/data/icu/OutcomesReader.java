package io.carousel.data.icu;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code Outcomes-a.txt}: of its columns, RecordID and In-hospital_death are used. */
final class OutcomesReader {
  private OutcomesReader() {}

  /** Who died in hospital, by record id. */
  static Map<Integer, Boolean> read(Path file) throws IOException {
    String name = file.toString();
    Map<Integer, Boolean> died = new LinkedHashMap<>();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String heading = in.readLine();
      List<String> columns = heading == null ? List.of() : fields(heading);
      int id = columns.indexOf("RecordID");
      int death = columns.indexOf("In-hospital_death");
      if (id < 0 || death < 0) {
        throw new IcuException(name, 1, "there are no columns RecordID and In-hospital_death");
      }
      int line = 1;
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        line++;
        if (text.isBlank()) {
          continue;
        }
        List<String> fields = fields(text);
        if (fields.size() != columns.size()
            || !fields.get(id).matches("\\d{1,9}")
            || !fields.get(death).matches("[01]")) {
          throw new IcuException(
              name, line, "expected " + heading + " with In-hospital_death 0 or 1");
        }
        if (died.put(Integer.valueOf(fields.get(id)), fields.get(death).equals("1")) != null) {
          throw new IcuException(name, line, "record " + fields.get(id) + " is there twice");
        }
      }
    }
    return died;
  }

  private static List<String> fields(String line) {
    return Arrays.stream(line.strip().split(",", -1)).map(String::strip).toList();
  }
}
