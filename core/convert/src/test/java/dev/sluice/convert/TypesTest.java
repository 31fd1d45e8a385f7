package dev.sluice.convert;

import static dev.sluice.model.Reason.NULL_FIELD;
import static dev.sluice.model.Reason.NUMBER_TOO_LONG;
import static dev.sluice.model.Reason.OUT_OF_RANGE;
import static dev.sluice.model.Reason.TYPE_MISMATCH;
import static dev.sluice.model.Reason.UNKNOWN_SYMBOL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each type takes, and what it refuses for which reason. */
class TypesTest {
  @TempDir Path folder;

  /** JSON values of one field, with the value read or the reason of the quarantine. */
  private final Map<String, Object> cases = new LinkedHashMap<>();

  private TypesTest reads(Object value, String... texts) {
    for (String text : texts) {
      cases.put(text, value);
    }
    return this;
  }

  private TypesTest refuses(Reason reason, String... texts) {
    return reads(reason, texts);
  }

  /** Converts all cases as the field {@code v}, one a line, and compares. */
  private void as(String type) {
    StringBuilder text = new StringBuilder();
    List<String> texts = new ArrayList<>(cases.keySet());
    for (int i = 0; i < texts.size(); i++) {
      text.append("{\"v\":").append(texts.get(i)).append(",\"i\":").append(i).append("}\n");
    }
    Run run =
        Run.of(
            Declared.of(
                folder, "{\"name\": \"v\", " + type + "}, {\"name\": \"i\", \"type\": \"int\"}"),
            folder,
            text.toString());
    Map<String, Object> actual = new LinkedHashMap<>();
    run.rows()
        .forEach(row -> actual.put(texts.get(((Long) row.get("i")).intValue()), row.get("v")));
    run.refused.forEach(bad -> actual.put(texts.get((int) bad.line() - 1), bad.reason()));
    for (String json : texts) {
      assertThat(actual.get(json)).as("%s as %s", json, type).isEqualTo(cases.get(json));
    }
    run.refused.forEach(bad -> assertThat(bad.field()).isEqualTo("v"));
    assertThat(run.conversion.read()).isEqualTo(texts.size());
  }

  @Test
  void anIntTakesWholeNumbersOf32Bits() {
    reads(0L, "0", "-0", "0.0", "-0.0", "0e5", "0e-5", "0e400")
        .reads(1L, "1", "1.0", "1.000", "1e0", "10e-1", "100E-2", "0.1e1")
        .reads(1200L, "1.2e3", "12E+2")
        .reads(2147483647L, "2147483647", "2147483647.0", "2.147483647e9")
        .reads(-2147483648L, "-2147483648", "-2147483648.000")
        .refuses(OUT_OF_RANGE, "2147483648", "-2147483649", "9223372036854775808", "1e10", "1e400")
        .refuses(OUT_OF_RANGE, "1e2147483647", "-1e2147483648", "1e99999999999", "0e99999999999")
        .refuses(OUT_OF_RANGE, "1" + "0".repeat(399))
        .refuses(TYPE_MISMATCH, "1.5", "0.1", "1e-1", "-1e-400", "1e-2147483647", "1e-999999999")
        .refuses(TYPE_MISMATCH, "\"1\"", "true", "[1]", "{}", "{\"v\":1}", "\"\"")
        .refuses(NUMBER_TOO_LONG, "1" + "0".repeat(400), "1." + "0".repeat(400))
        .refuses(NULL_FIELD, "null")
        .as("\"type\": \"int\"");
  }

  @Test
  void aLongTakesWholeNumbersOf64Bits() {
    reads(Long.MAX_VALUE, "9223372036854775807", "9223372036854775807.0", "9.223372036854775807e18")
        .reads(Long.MIN_VALUE, "-9223372036854775808", "-9223372036854775808.00")
        .reads(999999999999999999L, "999999999999999999")
        .reads(1000000000000000000L, "1000000000000000000", "1e18")
        .refuses(OUT_OF_RANGE, "9223372036854775808", "-9223372036854775809", "1e19", "1e300")
        .refuses(OUT_OF_RANGE, "18446744073709551617", "99999999999999999999999999")
        .refuses(TYPE_MISMATCH, "9223372036854775807.5", "1e-18")
        .as("\"type\": \"long\"");
  }

  @Test
  void aDoubleTakesTheNearestNumber() {
    reads(0.0, "0", "0.0", "0e9", "1e-400", "0." + "0".repeat(390) + "1")
        .reads(-0.0, "-0", "-0.0", "-1e-400")
        .reads(
            0.1, "0.1", "1e-1", "0.10000000000000000000001", "0.1000000000000000055511151231257827")
        .reads(9007199254740992.0, "9007199254740992", "9007199254740993")
        .reads(9007199254740994.0, "9007199254740993.00001", "9007199254740994")
        .reads(1.7976931348623157e308, "1.7976931348623157e308", "1.7976931348623158e308")
        .reads(4.9e-324, "4.9e-324", "3e-324")
        .reads(2.2250738585072014E-308, "2.2250738585072012e-308")
        .reads(123456789012345680.0, "123456789012345678")
        .reads(1e22, "1e22", "10000000000000000000000")
        .reads(1e23, "1e23", "99999999999999999999999")
        .reads(0.000001, "0.000001", "0.0000010000000000000000")
        .refuses(OUT_OF_RANGE, "1e309", "-1e309", "1.8e308", "1e99999999999")
        .refuses(TYPE_MISMATCH, "\"1\"", "true", "[]", "\"NaN\"")
        .refuses(NUMBER_TOO_LONG, "0." + "0".repeat(400))
        .as("\"type\": \"double\"");
  }

  @Test
  void aFloatIsRoundedOnceFromItsDigits() {
    reads(0.1f, "0.1")
        .reads(-0.0f, "-0", "-1e-60")
        .reads(3.4028235e38f, "3.4028235e38")
        .reads(1.0000002f, "1.00000017881393432617187500001")
        .reads(16777216f, "16777217")
        .refuses(OUT_OF_RANGE, "3.5e38", "-1e39")
        .refuses(TYPE_MISMATCH, "\"1\"")
        .as("\"type\": \"float\"");
  }

  @Test
  void keysAreComparedExactly() {
    String fields =
        """
        {"name": "id", "type": ["null", "int"], "default": null},
        {"name": "place", "type": ["null", "int"], "default": null, "aliases": ["Place"]}
        """;
    Run run =
        Run.of(
            Declared.of(folder, fields),
            folder,
            "{\"ID\":1,\"Place\":2}\n{\"id\":1,\"ID\":2,\"PLACE\":3}\n");

    assertThat(run.reasons()).isEmpty();
    assertThat(run.column("id")).isEqualTo(Arrays.asList(null, 1L));
    assertThat(run.column("place")).isEqualTo(Arrays.asList(2L, null));
  }

  private static String decimal(int precision, int scale) {
    return "\"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": "
        + precision
        + ", \"scale\": "
        + scale
        + "}";
  }

  @Test
  void aDecimalTakesWhatItHoldsWithoutLoss() {
    reads(
            new BigDecimal("1.50"),
            "1.5",
            "1.50",
            "1.500",
            "\"1.5\"",
            "15e-1",
            "\"0.015E2\"",
            "\"\\u0031.5\"")
        .reads(new BigDecimal("0.00"), "0", "-0", "0.000", "0e400", "\"-0.0\"", "0e-400")
        .reads(new BigDecimal("999.99"), "999.99", "99999e-2", "\"999.990\"")
        .reads(new BigDecimal("-999.99"), "-999.99")
        .refuses(
            OUT_OF_RANGE, "1000", "-1000", "999.999", "0.001", "1e3", "1e400", "1e-400", "\"1000\"")
        .refuses(OUT_OF_RANGE, "1e-2147483640", "1e2147483640", "\"1e-999999999\"", "1e99999999999")
        .refuses(OUT_OF_RANGE, "123456789012345678901234567890", "0.123456789012345678901234567890")
        .refuses(
            TYPE_MISMATCH,
            "\"\"",
            "\"x\"",
            "\" 1\"",
            "\"1 \"",
            "\"+1\"",
            "\"01\"",
            "\".5\"",
            "\"1.\"")
        .refuses(
            TYPE_MISMATCH, "true", "[]", "{}", "\"1_0\"", "\"0x1\"", "\"NaN\"", "\"1,5\"", "\"１\"")
        .refuses(NUMBER_TOO_LONG, "0." + "0".repeat(400), "\"0." + "0".repeat(400) + "\"")
        .as(decimal(5, 2));
  }

  @Test
  void decimalsOf18And38DigitsAreExact() {
    reads(
            new BigDecimal("999999999999999999"),
            "999999999999999999",
            "\"999999999999999999\"",
            "999999999999999999.0")
        .reads(new BigDecimal("-999999999999999999"), "-999999999999999999")
        .refuses(OUT_OF_RANGE, "1000000000000000000", "0.5", "9999999999999999999")
        .as(decimal(18, 0));
    cases.clear();
    String most = "9".repeat(28) + "." + "9".repeat(10);
    reads(new BigDecimal(most), most, "\"" + most + "\"")
        .reads(new BigDecimal("-" + most), "-" + most)
        .reads(new BigDecimal("0.0000000001"), "1e-10", "0.0000000001")
        .reads(new BigDecimal("-0.0000000001"), "-1e-10")
        .reads(new BigDecimal("0.0000000000"), "0")
        .refuses(OUT_OF_RANGE, "1e28", "-1e28", "1e-11")
        .as(decimal(38, 10));
    cases.clear();
    reads(new BigDecimal("0." + "9".repeat(18)), "0." + "9".repeat(18))
        .reads(new BigDecimal("0." + "0".repeat(17) + "1"), "1e-18")
        .refuses(OUT_OF_RANGE, "1", "-1.0")
        .as(decimal(18, 18));
  }

  @Test
  void textEnumsBooleansAndBytesTakeOnlyTheirOwn() {
    reads("", "\"\"").refuses(TYPE_MISMATCH, "1", "true", "[]", "{}").as("\"type\": \"string\"");
    cases.clear();
    reads(true, "true")
        .reads(false, "false")
        .refuses(TYPE_MISMATCH, "1", "0", "\"true\"", "[]")
        .as("\"type\": \"boolean\"");
    cases.clear();
    reads("AB", "\"AB\"", "\"\\u0041B\"")
        .refuses(UNKNOWN_SYMBOL, "\"ab\"", "\"A\"", "\"ABC\"", "\"\"")
        .refuses(TYPE_MISMATCH, "1", "null".replace("null", "true"))
        .as("\"type\": {\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"AB\", \"CD\"]}");
    cases.clear();
    reads("0x", "\"\"")
        .reads("0x00ff10", "\"AP8Q\"", "\"\\u0041P8Q\"")
        .reads("0xff", "\"/w==\"", "\"\\/w==\"")
        .refuses(TYPE_MISMATCH, "\"***\"", "\"A\"", "\"AP8Q AP8Q\"", "\"_w==\"", "1", "[]")
        .as("\"type\": \"bytes\"");
  }

  private static final String MICROS =
      "\"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";

  private static Instant at(String text) {
    return Instant.parse(text);
  }

  @Test
  void timestampsAreReadInAllFormsOfIso8601() {
    reads(
            at("2024-02-29T12:34:56Z"),
            "\"2024-02-29T12:34:56Z\"",
            "\"2024-02-29T12:34:56z\"",
            "\"2024-02-29t12:34:56Z\"",
            "\"2024-02-29 12:34:56Z\"",
            "\"2024-02-29T12:34:56\"",
            "\"2024-02-29 12:34:56\"",
            "\"2024-02-29T13:34:56+01:00\"",
            "\"2024-02-29T13:34:56+0100\"",
            "\"2024-02-29T13:34:56+01\"",
            "\"2024-02-29T07:04:56-05:30\"",
            "\"2024-03-01T06:34:56+18:00\"",
            "\"2024-02-29T12:34:56-00:00\"",
            "\"2024-02-29T12:34:56.0Z\"",
            "\"2024-02-29T12:34:56.000000000Z\"",
            "\"2024-02-29\\u005412:34:56Z\"")
        .reads(
            at("2024-02-29T12:34:00Z"),
            "\"2024-02-29T12:34Z\"",
            "\"2024-02-29T12:34\"",
            "\"2024-02-29 14:34+02\"")
        .reads(
            at("2024-02-29T12:34:56.100Z"),
            "\"2024-02-29T12:34:56.1Z\"",
            "\"2024-02-29T12:34:56,1Z\"",
            "\"2024-02-29T12:34:56.1\"")
        .reads(at("2024-02-29T12:34:56.120Z"), "\"2024-02-29T12:34:56.12Z\"")
        .reads(
            at("2024-02-29T12:34:56.123Z"),
            "\"2024-02-29T12:34:56.123Z\"",
            "\"2024-02-29T13:34:56.123+01:00\"")
        .reads(at("2024-02-29T12:34:56.123400Z"), "\"2024-02-29T12:34:56.1234Z\"")
        .reads(at("2024-02-29T12:34:56.123450Z"), "\"2024-02-29T12:34:56.12345Z\"")
        .reads(
            at("2024-02-29T12:34:56.123456Z"),
            "\"2024-02-29T12:34:56.123456Z\"",
            "\"2024-02-29T12:34:56.1234567Z\"",
            "\"2024-02-29T12:34:56.12345678Z\"",
            "\"2024-02-29T12:34:56.123456789Z\"")
        .reads(
            at("2017-01-01T00:00:00Z"), "\"2016-12-31T23:59:60Z\"", "\"2017-01-01T00:59:60+01:00\"")
        .reads(at("2017-01-01T00:00:00.500Z"), "\"2016-12-31T23:59:60.5Z\"")
        .reads(
            at("1969-12-31T23:59:59.999999Z"),
            "\"1969-12-31T23:59:59.999999Z\"",
            "\"1969-12-31T23:59:59.9999999\"")
        .reads(at("1582-10-10T00:00:00Z"), "\"1582-10-10T00:00:00Z\"")
        .reads(at("0001-01-01T00:00:00Z"), "\"0001-01-01T00:00:00Z\"")
        .reads(at("9999-12-31T23:59:59.999999Z"), "\"9999-12-31T23:59:59.999999Z\"")
        .refuses(
            OUT_OF_RANGE,
            "\"0000-12-31T23:59:59Z\"",
            "\"0001-01-01T00:00:00+01:00\"",
            "\"9999-12-31T23:59:59-01:00\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2023-02-29T00:00:00Z\"",
            "\"2024-13-01T00:00:00Z\"",
            "\"2024-00-01T00:00:00Z\"",
            "\"2024-01-00T00:00:00Z\"",
            "\"2024-04-31T00:00:00Z\"",
            "\"1900-02-29T00:00:00Z\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2024-02-29T24:00:00Z\"",
            "\"2024-02-29T12:60:00Z\"",
            "\"2024-02-29T12:00:61Z\"",
            "\"2024-02-29T12:00:60Z\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2024-02-29T12:34:56.Z\"",
            "\"2024-02-29T12:34:56.1234567890Z\"",
            "\"2024-02-29T12:34:56+19:00\"",
            "\"2024-02-29T12:34:56+01:60\"",
            "\"2024-02-29T12:34:56 Z\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2024-02-29\"",
            "\"12:34:56\"",
            "\"\"",
            "\"now\"",
            "\" 2024-02-29T12:34:56Z\"",
            "\"+2024-02-29T12:34:56Z\"",
            "\"24-02-29T12:34:56Z\"",
            "\"２024-02-29T12:34:56Z\"")
        .refuses(TYPE_MISMATCH, "1709210096", "true", "[]", "{}")
        .as(MICROS);
    cases.clear();
    reads(at("2024-02-29T12:34:56.123456Z"), "\"2024-02-29T12:34:56.123456Z\"")
        .as("\"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}");
  }

  @Test
  void timestampsWithoutOffsetAreOfTheDeclaredZone() {
    reads(
            at("2024-07-01T10:00:00Z"),
            "\"2024-07-01T12:00:00\"",
            "\"2024-07-01 12:00\"",
            "\"2024-07-01T10:00:00Z\"",
            "\"2024-07-01T06:00:00-04:00\"")
        .reads(at("2024-01-01T11:00:00Z"), "\"2024-01-01T12:00:00\"")
        .reads(at("2024-03-31T01:30:00Z"), "\"2024-03-31T02:30:00\"")
        .as("\"zone\": \"Europe/Berlin\", " + MICROS);
  }

  @Test
  void epochNumbersAreReadInTheirUnit() {
    reads(
            at("1970-01-01T00:00:00Z"),
            "0",
            "-0",
            "0.0",
            "0e9",
            "0.0000001",
            "1e-400",
            "1e-2147483647",
            "0e2147483640")
        .reads(
            at("1969-12-31T23:59:59.999999Z"),
            "-0.000001",
            "-0.0000001",
            "-1e-400",
            "-1e-999999999")
        .reads(at("2024-02-29T12:34:56Z"), "1709210096", "1709210096.0", "1.709210096e9")
        .reads(at("2024-02-29T12:34:56.123456Z"), "1709210096.123456", "1709210096.1234567")
        .reads(at("1969-12-31T23:59:58.500Z"), "-1.5")
        .reads(at("0001-01-01T00:00:00Z"), "-62135596800")
        .reads(at("9999-12-31T23:59:59.999999Z"), "253402300799.999999")
        .refuses(
            OUT_OF_RANGE,
            "-62135596800.000001",
            "253402300800",
            "1e300",
            "-1e300",
            "1e2147483640",
            "1709210096123456")
        .refuses(TYPE_MISMATCH, "\"1709210096\"", "true", "\"2024-02-29T12:34:56Z\"")
        .as("\"epoch\": \"seconds\", " + MICROS);
    cases.clear();
    reads(at("2024-02-29T12:34:56.123Z"), "1709210096123", "1.709210096123e12")
        .reads(at("2024-02-29T12:34:56.123456Z"), "1709210096123.456", "1709210096123.4567")
        .reads(at("1969-12-31T23:59:59.999Z"), "-1")
        .as("\"epoch\": \"millis\", " + MICROS);
    cases.clear();
    reads(at("2024-02-29T12:34:56.123456Z"), "1709210096123456", "1709210096123456.9")
        .reads(at("1969-12-31T23:59:59.999999Z"), "-1", "-0.5")
        .as("\"epoch\": \"micros\", " + MICROS);
  }

  @Test
  void timestampsAreReadInADeclaredPattern() {
    reads(
            at("2024-02-29T09:05:00Z"),
            "\"2/29/2024 9:05\"",
            "\"02/29/2024 09:05\"",
            "\"2/29/2024 \\u0039:05\"")
        .reads(at("0999-12-01T23:59:00Z"), "\"12/1/0999 23:59\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2/30/2024 9:05\"",
            "\"13/1/2024 9:05\"",
            "\"2/29/2024 24:00\"",
            "\"2/29/2024\"",
            "\"2024-02-29T09:05:00Z\"",
            "\"\"",
            "5")
        .as("\"format\": \"M/d/yyyy H:mm\", " + MICROS);
    cases.clear();
    reads(at("2024-02-29T08:05:00Z"), "\"2/29/2024 9:05\"")
        .reads(at("2024-07-01T07:05:00Z"), "\"7/1/2024 9:05\"")
        .as("\"format\": \"M/d/yyyy H:mm\", \"zone\": \"Europe/Berlin\", " + MICROS);
    cases.clear();
    reads(
            at("2024-02-29T09:05:06Z"),
            "\"29/Feb/2024:10:05:06 +0100\"",
            "\"29/FEB/2024:09:05:06 +0000\"")
        .refuses(
            OUT_OF_RANGE,
            "\"29/Feb/+999999996:10:05:06 +0000\"",
            "\"01/Jan/+10000:10:05:06 +0000\"")
        .refuses(TYPE_MISMATCH, "\"29/Fév/2024:10:05:06 +0100\"")
        .as("\"format\": \"dd/MMM/yyyy:HH:mm:ss Z\", " + MICROS);
  }

  @Test
  void datesAreReadInIsoInEpochDaysOfTheirUnitAndInAPattern() {
    String date = "\"type\": {\"type\": \"int\", \"logicalType\": \"date\"}";
    reads(LocalDate.of(2024, 2, 29), "\"2024-02-29\"", "\"2024-02-2\\u0039\"")
        .reads(LocalDate.of(1969, 12, 31), "\"1969-12-31\"")
        .reads(LocalDate.of(1, 1, 1), "\"0001-01-01\"")
        .reads(LocalDate.of(9999, 12, 31), "\"9999-12-31\"")
        .refuses(OUT_OF_RANGE, "\"0000-12-31\"")
        .refuses(
            TYPE_MISMATCH,
            "\"2023-02-29\"",
            "\"2024-2-9\"",
            "\"2024-02-29T00:00:00Z\"",
            "\"20240229\"",
            "\"-2024-02-29\"",
            "\"\"",
            "19782",
            "\"2024-02-30\"",
            "\"2024-13-01\"")
        .as(date);
    cases.clear();
    reads(LocalDate.of(1969, 12, 31), "-1", "-0.001", "-86400")
        .reads(LocalDate.of(1970, 1, 1), "0", "86399.999999")
        .reads(LocalDate.of(1970, 1, 2), "86400")
        .refuses(OUT_OF_RANGE, "1e300")
        .as("\"epoch\": \"seconds\", " + date);
    cases.clear();
    reads(LocalDate.of(2024, 2, 29), "\"29.2.24\"")
        .refuses(TYPE_MISMATCH, "\"30.2.24\"", "\"2024-02-29\"")
        .as("\"format\": \"d.M.yy\", " + date);
  }
}
