package io.carousel.data.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSeriesTest {
  @TempDir Path folder;

  private CsvSeries read(String text) throws IOException {
    return read(text, CsvOptions.detect());
  }

  private CsvSeries read(String text, CsvOptions options) throws IOException {
    return CsvSeries.read(Files.writeString(folder.resolve("data.csv"), text), options);
  }

  @Test
  void detectsSeparatorAndHeader() throws IOException {
    for (String separator : new String[] {",", ";", "\t", " , "}) {
      CsvSeries named = read("time,\"lead II\"\n0,1.5\r\n1,-2e-1\n".replace(",", separator));
      assertEquals(List.of("time", "lead II"), named.columnNames());
      assertEquals(2, named.rows());
      assertArrayEquals(new float[] {1.5f, -0.2f}, named.column("lead II").values());
      assertArrayEquals(new float[] {1.5f, -0.2f}, named.column("1").values(), "by number");
      assertEquals("lead II", named.column(1).name());
      CsvSeries numbered = read("0,1.5\n1,-.5".replace(",", separator));
      assertEquals(List.of("0", "1"), numbered.columnNames());
      assertArrayEquals(new float[] {1.5f, -0.5f}, numbered.column("1").values());
    }
  }

  @Test
  void oneColumnWithAByteOrderMarkAndBlankLinesAtTheEnd() throws IOException {
    assertArrayEquals(new float[] {1, 2, 3}, read("\uFEFF1\n2\n+3.\n\n  \n").column(0).values());
    assertEquals(List.of("mV"), read("\uFEFFmV\n1\n").columnNames());
  }

  @Test
  void separatorAndHeaderAsTold() throws IOException {
    CsvSeries names = read("2020,2021\n1,2\n", CsvOptions.detect().withHeader(true));
    assertArrayEquals(new float[] {2}, names.column("2021").values());
    CsvSeries bars = read("a|b\n1|2\n", CsvOptions.detect().withSeparator('|'));
    assertArrayEquals(new float[] {2}, bars.column("b").values());
    assertEquals(List.of("a,b"), read("\"a,b\"\n1\n").columnNames());
  }

  @Test
  void aNameThatIsANumberIsTakenAsAName() throws IOException {
    CsvSeries names = read("1,0\n5,6\n", CsvOptions.detect().withHeader(true));
    assertArrayEquals(new float[] {5}, names.column("1").values());
    assertArrayEquals(new float[] {6}, names.column(1).values());
  }

  @Test
  void timesIncrease() throws IOException {
    CsvOptions options = CsvOptions.detect().withTimeColumn("t");
    CsvSeries series = read("t,x\n0,1\n0.0027777777777778,2\n1e9,3\n", options);
    assertArrayEquals(new double[] {0, 0.0027777777777778, 1e9}, series.times().orElseThrow());
    assertTrue(read("t,x\n0,1\n").times().isEmpty());
    refused(options, "line 3: time 1.0 does not come after 1.0", "t,x\n1,1\n1,2\n\n");
    refused(options, "no time column 't' in [x]", "x\n1\n");
  }

  @Test
  void moreRowsThanTheFirstAllotment() throws IOException {
    StringBuilder text = new StringBuilder("x\n");
    for (int i = 0; i < 1000; i++) {
      text.append(i).append('\n');
    }
    CsvSeries series = read(text.toString());
    assertEquals(1000, series.rows());
    assertEquals(999, series.column("x").get(999));
  }

  @Test
  void oneClearErrorForEachKindOfBadFile() throws IOException {
    refused("the file is empty", "");
    refused("no rows of numbers", "a,b\n");
    refused("no rows of numbers", "\n\n");
    refused("line 2: the line is blank", "1\n\n2\n");
    refused("line 3: 1 cells, where 2 are expected", "a,b\n1,2\n3\n");
    refused("line 2: 3 cells, where 2 are expected", "1,2\n3,4,5\n");
    refused("line 2: column 'b' is blank", "a,b\n1,\n");
    refused("line 3: column '0': 'NaN' is no finite number", "1\n2\nNaN\n");
    refused("line 1: column '0': 'inf' is no finite number", "inf\n2\n");
    refused("line 2: column '0': '1e39' is no finite number", "1\n1e39\n");
    refused("line 2: column '0': 'two' is not a number", "1\ntwo\n");
    refused("line 2: column '0': '0x1p3' is not a number", "1\n0x1p3\n");
    refused("line 2: column '0': '1f' is not a number", "1\n1f\n");
    refused("line 2: column 'a': '1,5' is not a number; use a decimal point", "a;b\n1,5;2\n");
    refused("line 2: a double quote is not closed", "a,b\n\"1,2\n");
    refused("line 1: two columns have the same name", "a,a\n1,2\n");
    Path missing = folder.resolve("none.csv");
    Refusal.expect(CsvException.class, () -> CsvSeries.read(missing), "none.csv: no such file");
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, "é\n1\n".getBytes(StandardCharsets.ISO_8859_1));
    Refusal.expect(CsvException.class, () -> CsvSeries.read(latin), "not a text file in UTF-8");
  }

  @Test
  void columnsThatDoNotExist() throws IOException {
    CsvSeries series = read("a,b\n1,2\n");
    for (String wanted : new String[] {"c", "2", "-1", "99999999999"}) {
      Refusal.expect(IllegalArgumentException.class, () -> series.column(wanted), wanted, "[a, b]");
    }
    Refusal.expect(IllegalArgumentException.class, () -> series.column(-1), "no column '-1'");
  }

  private void refused(String part, String text) {
    refused(CsvOptions.detect(), part, text);
  }

  private void refused(CsvOptions options, String part, String text) {
    Refusal.expect(CsvException.class, () -> read(text, options), "data.csv", part);
  }
}
