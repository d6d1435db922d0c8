package io.carousel.data.icu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.icu.IcuStay.Measurement;
import io.carousel.data.icu.IcuStay.Unit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StayReaderTest {
  private static final String HEADING = "Time,Parameter,Value\n00:00,RecordID,7\n";

  private static IcuStay read(String text) throws IOException {
    return StayReader.read("7.txt", new BufferedReader(new StringReader(text)));
  }

  @Test
  void descriptorsAndMeasurementsInOrder() throws IOException {
    IcuStay stay =
        read(
            HEADING
                + "00:00,Age,54\n00:00,Gender,0\n00:00,Height,-1\n00:00,ICUType,4\n"
                + "00:00,Weight,72.5\n02:10,HR,90\n01:59,HR,80\n48:00,GCS,15\n01:59,HR,80\n");
    assertEquals(7, stay.recordId());
    assertEquals(54, stay.ageYears());
    assertEquals(0, stay.male());
    assertTrue(Double.isNaN(stay.heightCentimetres()));
    assertEquals(72.5, stay.weightKilograms());
    assertEquals(Unit.SURGICAL, stay.unit());
    assertEquals(
        List.of(
            new Measurement(0, IcuVariable.WEIGHT, 72.5),
            new Measurement(119, IcuVariable.HR, 80), // once: the second line repeats it
            new Measurement(130, IcuVariable.HR, 90),
            new Measurement(2880, IcuVariable.GCS, 15)),
        stay.measurements());
    assertEquals(1, stay.measurements().get(1).hour());
    assertEquals(47, stay.measurements().get(3).hour(), "the end belongs to the last hour");
  }

  @Test
  void aRecordMayHoldNothingButDescriptors() throws IOException {
    IcuStay stay = read(HEADING + "00:00,Gender,-1\n00:00,ICUType,-1\n00:00,Weight,-1\n05:00,,0\n");
    assertEquals(List.of(), stay.measurements());
    assertTrue(Double.isNaN(stay.weightKilograms()) && Double.isNaN(stay.male()));
    assertEquals(Unit.UNKNOWN, stay.unit());
  }

  @Test
  void aLaterWeightIsNoDescriptor() throws IOException {
    IcuStay stay = read(HEADING + "00:00,Weight,-1\n10:00,Weight,72\n");
    assertTrue(Double.isNaN(stay.weightKilograms()), "known at 10:00, not at admission");
    assertEquals(List.of(new Measurement(600, IcuVariable.WEIGHT, 72)), stay.measurements());
  }

  @ParameterizedTest
  @CsvSource({
    "pH,7.38,7.38", "pH,74,7.4", "pH,735,7.35", "pH,1,NaN", "Temp,-17.8,NaN", "Temp,98.6,37",
    "Temp,0,NaN", "Temp,36.6,36.6", "FiO2,0.4,0.4", "FiO2,40,0.4", "HR,0,NaN", "MAP,-1,NaN",
    "Weight,-1,NaN", "Weight,300,300", "Urine,0,0", "SaO2,101,NaN", "GCS,15,15"
  })
  void implausibleValuesAreRepairedOrLeftOut(String name, double written, double meant)
      throws IOException {
    List<Measurement> read = read(HEADING + "03:00," + name + "," + written + "\n").measurements();
    assertEquals(Double.isNaN(meant) ? 0 : 1, read.size());
    if (!read.isEmpty()) {
      assertEquals(meant, read.get(0).value(), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 7.txt: the record is empty",
        "'RecordID,1' | line 1: expected the heading",
        "'Time,Parameter,Value\n' | 7.txt: there is no RecordID",
        "'Time,Parameter,Value\n00:00,RecordID,7\n01:00,HR' | line 3: expected Time,Parameter",
        "'Time,Parameter,Value\n00:00,RecordID,7\n01:00,HR,80,5' | line 3: expected Time",
        "'Time,Parameter,Value\n00:00,RecordID,7\n\n01:60,HR,80' | line 4: '01:60' is no time",
        "'Time,Parameter,Value\n00:00,RecordID,7\nx:10,HR,80' | line 3: 'x:10' is no time",
        "'Time,Parameter,Value\n00:00,RecordID,7\n-1:10,HR,80' | line 3: '-1:10' is no time",
        "'Time,Parameter,Value\n00:00,RecordID,7\n:10,HR,80' | line 3: ':10' is no time",
        "'Time,Parameter,Value\n00:00,RecordID,7\n48:01,HR,80' | line 3: 48:01 is later than 48:00",
        "'Time,Parameter,Value\n00:00,RecordID,7\n01:00,Pulse,80' | unknown parameter 'Pulse'",
        "'Time,Parameter,Value\n00:00,RecordID,7\n01:00,HR,fast' | line 3: 'fast' is no number",
        "'Time,Parameter,Value\n00:00,RecordID,7\n01:00,HR,NaN' | line 3: 'NaN' is no number",
        "'Time,Parameter,Value\n00:00,RecordID,1.5' | line 2: RecordID 1.5 is no whole number",
        "'Time,Parameter,Value\n00:00,ICUType,5' | line 2: ICUType must be 1 to 4",
      })
  void errorsNameFileAndLine(String text, String words) {
    Exception e = assertThrows(IcuException.class, () -> read(text));
    assertTrue(e.getMessage().startsWith("7.txt"), e.getMessage());
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }
}
