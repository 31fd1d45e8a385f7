package dev.sluice.convert;

import static dev.sluice.model.Reason.DUPLICATE_FIELD;
import static dev.sluice.model.Reason.INVALID_TEXT;
import static dev.sluice.model.Reason.MALFORMED_JSON;
import static dev.sluice.model.Reason.MISSING_FIELD;
import static dev.sluice.model.Reason.NOT_AN_OBJECT;
import static dev.sluice.model.Reason.NUMBER_TOO_LONG;
import static dev.sluice.model.Reason.TOO_DEEP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The grammar of RFC 8259, case by case. Each stands alone, between good neighbours on lines, as an
 * element of arrays, among objects that span lines, and compressed.
 */
class GrammarTest {
  private static final String GOOD = "{\"id\":%d,\"s\":\"good\"}";

  @TempDir Path folder;
  private Dataset dataset;
  private Converter converter;

  @BeforeEach
  void declare() {
    dataset =
        Declared.of(
            folder,
            """
            {"name": "id", "type": "long"},
            {"name": "s", "type": ["null", "string"], "default": null},
            {"name": "d", "type": ["null", "double"], "default": null}
            """);
    converter = new Converter(dataset, ConvertOptions.defaults().withCodec(Codec.NONE));
  }

  /** Bytes between a head and a tail of text. */
  private static byte[] join(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      out.writeBytes(
          part instanceof byte[] bytes
              ? bytes
              : String.valueOf(part).getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  private Run run(byte[] text) {
    return Run.of(converter, dataset, folder, () -> new ByteArrayInputStream(text), text);
  }

  private Run runCompressed(byte[] text) {
    byte[] stored = gzip(text);
    return Run.of(converter, dataset, folder, () -> new ByteArrayInputStream(stored), text);
  }

  /** A framing: what stands before, between and behind records. */
  private record Framing(String name, String before, String after) {}

  private static final List<Framing> FRAMINGS =
      List.of(
          new Framing("lines", GOOD.formatted(1) + "\n", "\n" + GOOD.formatted(2) + "\n"),
          new Framing("CRLF", GOOD.formatted(1) + "\r\n", "\r\n" + GOOD.formatted(2)),
          new Framing("array", "[" + GOOD.formatted(1) + ",", "," + GOOD.formatted(2) + "]"),
          new Framing(
              "pretty array",
              "[\n  " + GOOD.formatted(1) + ",\n  ",
              ",\n  " + GOOD.formatted(2) + "\n]\n"),
          new Framing(
              "objects over lines",
              "{\n  \"id\": 1,\n  \"s\": \"good\"\n}\n",
              "\n{\n  \"id\": 2,\n  \"s\": \"good\"\n}\n"));

  // ---- valid

  static Stream<Map.Entry<String, Object>> validNumbers() {
    return Stream.of(
            "0",
            "-0",
            "7",
            "-7",
            "10",
            "1234567890",
            "0.5",
            "-0.5",
            "3.25",
            "1e3",
            "1E3",
            "1e+3",
            "1e-3",
            "1.5e300",
            "2.2250738585072014e-308",
            "4.9e-324",
            "1.7976931348623157e308",
            "123456789012345678901234567890",
            "0.1",
            "0.30000000000000004",
            "9007199254740993",
            "1e-400",
            "0e0",
            "0.0000000000000000000000001",
            "-1.0E-2",
            "100000000000000000000",
            "179769313486231570000000000000000000000")
        .map(text -> Map.entry(text, Double.parseDouble(text)));
  }

  @ParameterizedTest
  @MethodSource("validNumbers")
  void aValidNumberIsRead(Map.Entry<String, Object> number) {
    valid(join("{\"id\":99,\"d\":", number.getKey(), "}"), "d", number.getValue());
  }

  static Stream<Map.Entry<String, Object>> validStrings() {
    return Stream.of(
        Map.entry("\"\"", ""),
        Map.entry("\"plain\"", "plain"),
        Map.entry("\"exactly8\"", "exactly8"),
        Map.entry("\"exactly fifteen\"", "exactly fifteen"),
        Map.entry("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"),
        Map.entry("\"\\u0041\\u00e9\\u20AC\\uFFFF\"", "Aé€\uffff"),
        Map.entry("\"\\u0000\"", "\u0000"),
        Map.entry("\"\\ud83d\\ude00\\uDBFF\\uDFFF\"", "😀\udbff\udfff"),
        Map.entry("\"é€😀\u007f\u0080\u2028\ufeff\"", "é€😀\u007f\u0080\u2028\ufeff"),
        Map.entry("\"/\\\\u0041\"", "/\\u0041"),
        Map.entry(
            "\"" + "é".repeat(40) + "\\n" + "x".repeat(40) + "\"",
            "é".repeat(40) + "\n" + "x".repeat(40)),
        Map.entry("\"{[]},:\"", "{[]},:"),
        Map.entry("\"ends in backslash \\\\\"", "ends in backslash \\"));
  }

  @ParameterizedTest
  @MethodSource("validStrings")
  void aValidStringIsRead(Map.Entry<String, Object> string) {
    valid(join("{\"id\":99,\"s\":", string.getKey(), "}"), "s", string.getValue());
  }

  static Stream<String> validRecords() {
    return Stream.of(
        "{\"id\":99}",
        " { \"id\" : 99 } ",
        "\t{\t\"id\"\t:\t99\t}\t",
        "{\"id\":99,\"u\":true}",
        "{\"u\":false,\"id\":99}",
        "{\"u\":null,\"id\":99}",
        "{\"u\":[],\"id\":99}",
        "{\"u\":{},\"id\":99}",
        "{\"u\":[ ],\"v\":{ },\"id\":99}",
        "{\"u\":[1,\"a\",null,true,{\"x\":[{}]}],\"id\":99}",
        "{\"u\":{\"a\":{\"b\":{\"c\":[[[[-1.5e-7]]]]}}},\"id\":99}",
        "{\"\":1,\"id\":99}",
        "{\"u\":1,\"u\":2,\"id\":99}",
        "{\"u\":{\"a\":1,\"a\":2},\"id\":99}",
        "{\"\\u0069\\u0064\":99}",
        "{\"ID\":1,\"id\":99}",
        "{\"i\\u0064x\":1,\"id\":99}",
        "{\"schlüssel\":\"ü\",\"id\":99}",
        "{\"id\":99,\"u\":" + "[".repeat(63) + "]".repeat(63) + "}",
        "{\"id\":99,\"u\":1" + "0".repeat(399) + "}",
        "{\"id\":99,\"s\":null,\"d\":null}");
  }

  @ParameterizedTest
  @MethodSource("validRecords")
  void aValidRecordIsRead(String record) {
    valid(join(record), "id", 99L);
  }

  private void valid(byte[] record, String column, Object value) {
    Run alone = run(record);
    assertThat(alone.reasons()).isEmpty();
    assertThat(alone.column(column)).containsExactly(value);
    assertThat(runCompressed(record).column(column)).containsExactly(value);
    for (Framing framing : FRAMINGS) {
      Run run = run(join(framing.before, record, framing.after));
      assertThat(run.reasons()).as(framing.name).isEmpty();
      assertThat(run.column("id")).as(framing.name).containsExactly(1L, 99L, 2L);
      assertThat(run.column(column).get(1)).as(framing.name).isEqualTo(value);
    }
  }

  // ---- invalid values

  static Stream<Map.Entry<Reason, byte[]>> invalidValues() {
    List<Map.Entry<Reason, byte[]>> all = new ArrayList<>();
    for (String text :
        List.of(
            "",
            ",",
            ":",
            "01",
            "-",
            "+1",
            ".5",
            "-.5",
            "1.",
            "1.e1",
            "1e",
            "1e+",
            "0x1F",
            "1_000",
            "NaN",
            "Infinity",
            "-Infinity",
            "1 2",
            "--1",
            "-01",
            "1.2.3",
            "1e1.5",
            "00",
            "-a",
            "\uff11",
            "1e\u0663",
            "1\u00a0",
            "True",
            "nul",
            "tru",
            "nulll",
            "fals",
            "undefined",
            "'x'",
            "trueish",
            "\"\\x41\"",
            "\"\\u12\"",
            "\"\\u12G4\"",
            "\"\\u\"",
            "\"\\a\"",
            "\"\\'\"",
            "\"\\é\"",
            "\"\\U0041\"",
            "\"tab\there\"",
            "\"nul\u0000here\"",
            "\"\u001f\"",
            "\"\\\u0000\"",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1,,2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "{1:1}",
            "{null:1}",
            "{\"a\" 1}",
            "{\"a\"::1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1;\"b\":2}",
            "{\"a\"=1}",
            "/*c*/1",
            "#",
            "\f1",
            "\u000b1",
            "\u00a01",
            "\ufeff1",
            "\u20281",
            "[1;2]",
            "[\"a\" \"b\"]",
            "1,2",
            "{\"a\":[1,]}",
            "[{\"a\":1},]",
            "\u0000",
            "1\u0000",
            "\"\"\"",
            "\"a\" \"b\"",
            "<null>",
            "{}{}",
            "\"a\"1",
            "truefalse",
            "[]1",
            "{\"a\":\"b\"\"c\":1}")) {
      all.add(Map.entry(MALFORMED_JSON, join(text)));
    }
    for (String text :
        List.of(
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud800\\ud800\"",
            "\"\\ud800x\"",
            "\"\\udc00\\ud800\"",
            "\"\\ud83d\\u0041\"",
            "\"\\ud83d\\n\"",
            "{\"\\ud800\":1}",
            "[\"\\uDEAD\"]")) {
      all.add(Map.entry(INVALID_TEXT, join(text)));
    }
    for (int[] bytes :
        new int[][] {
          {0x80},
          {0xbf},
          {0xff},
          {0xfe},
          {0xc0, 0x80},
          {0xc1, 0xbf},
          {0xc3},
          {0xe2, 0x82},
          {0xe0, 0x80, 0x80},
          {0xe0, 0x9f, 0xbf},
          {0xed, 0xa0, 0x80},
          {0xed, 0xbf, 0xbf},
          {0xf0, 0x80, 0x80, 0x80},
          {0xf0, 0x8f, 0xbf, 0xbf},
          {0xf0, 0x9f, 0x98},
          {0xf4, 0x90, 0x80, 0x80},
          {0xf5, 0x80, 0x80, 0x80},
          {0xf8, 0x88, 0x80, 0x80, 0x80},
          {0xe9, 'a', 'b'}
        }) {
      byte[] raw = new byte[bytes.length];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = (byte) bytes[i];
      }
      all.add(Map.entry(INVALID_TEXT, join("\"", raw, "\"")));
      all.add(Map.entry(INVALID_TEXT, join("\"some text before it\\n", raw, "and behind\"")));
      all.add(Map.entry(MALFORMED_JSON, raw));
    }
    all.add(Map.entry(TOO_DEEP, join("[".repeat(64), "]".repeat(64))));
    all.add(Map.entry(TOO_DEEP, join("{\"a\":".repeat(64), "1", "}".repeat(64))));
    all.add(Map.entry(NUMBER_TOO_LONG, join("1".repeat(401))));
    all.add(Map.entry(NUMBER_TOO_LONG, join("0.", "1".repeat(10_000))));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("invalidValues")
  void anInvalidValueIsQuarantined(Map.Entry<Reason, byte[]> value) {
    invalid(join("{\"id\":99,\"u\":", value.getValue(), "}"), value.getKey(), FRAMINGS, true);
    invalid(join("{\"id\":99,\"u\":[{\"a\":", value.getValue(), "}]}"), null, FRAMINGS, true);
    invalid(join("{\"u\":", value.getValue(), ",\"id\":99}"), null, FRAMINGS, true);
  }

  static Stream<byte[]> unclosed() {
    return Stream.of(
            "{\"id\":99",
            "{\"id\":99,",
            "{\"id\":",
            "{\"id\"",
            "{\"id",
            "{",
            "{\"id\":99,\"u\":[",
            "{\"id\":99,\"u\":{\"a\":1",
            "{\"id\":99,\"u\":\"abc",
            "{\"id\":99,\"u\":\"abc\\",
            "{\"id\":99,\"u\":\"\\u00",
            "{\"id\":99,\"u\":tr",
            "{\"id\":99,\"u\":1.",
            "{\"id\":99,\"u\":[{\"a\":[",
            "{\"id\":99]",
            "{\"id\":99,\"u\":[1}",
            "{\"id\":99,\"u\":[1]")
        .map(GrammarTest::join);
  }

  @ParameterizedTest
  @MethodSource("unclosed")
  void aRecordThatBreaksOffCostsNoNeighbour(byte[] record) {
    invalid(record, MALFORMED_JSON, FRAMINGS, false);
  }

  static Stream<Map.Entry<Reason, byte[]>> invalidRecords() {
    return Stream.of(
        Map.entry(MALFORMED_JSON, join("}")),
        Map.entry(MALFORMED_JSON, join("{'id':99}")),
        Map.entry(MALFORMED_JSON, join("{id:99}")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99,}")),
        Map.entry(MALFORMED_JSON, join("{,\"id\":99}")),
        Map.entry(MALFORMED_JSON, join("{\"id\"=99}")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99\u0000}")),
        Map.entry(MALFORMED_JSON, join("{\u0000\"id\":99}")),
        Map.entry(MALFORMED_JSON, join("{\f\"id\":99}")),
        Map.entry(MALFORMED_JSON, join("id: 99")),
        Map.entry(MALFORMED_JSON, join("some words")),
        Map.entry(MALFORMED_JSON, join("<xml/>")),
        Map.entry(MALFORMED_JSON, join("\"unclosed")),
        Map.entry(MALFORMED_JSON, join("tru")),
        Map.entry(MALFORMED_JSON, join("012")),
        Map.entry(MALFORMED_JSON, join("\u0000")),
        Map.entry(NOT_AN_OBJECT, join("\"text\"")),
        Map.entry(NOT_AN_OBJECT, join("99")),
        Map.entry(NOT_AN_OBJECT, join("-1.5e3")),
        Map.entry(NOT_AN_OBJECT, join("null")),
        Map.entry(NOT_AN_OBJECT, join("true")),
        Map.entry(NOT_AN_OBJECT, join("false")),
        Map.entry(DUPLICATE_FIELD, join("{\"id\":99,\"id\":99}")),
        Map.entry(DUPLICATE_FIELD, join("{\"id\":99,\"\\u0069d\":98}")),
        Map.entry(MISSING_FIELD, join("{}")),
        Map.entry(MISSING_FIELD, join("{\"ID\":99}")),
        Map.entry(MISSING_FIELD, join("{ \"s\" : \"x\" }")));
  }

  @ParameterizedTest
  @MethodSource("invalidRecords")
  void aRecordThatIsNoneIsQuarantined(Map.Entry<Reason, byte[]> record) {
    invalid(record.getValue(), record.getKey(), FRAMINGS, true);
  }

  static Stream<Map.Entry<Reason, byte[]>> invalidLines() {
    return Stream.of(
        Map.entry(MALFORMED_JSON, join("{\"id\":99}x")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99}}")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99}]")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99},")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99} 1")),
        Map.entry(MALFORMED_JSON, join("{\"id\":\"no\"} 1")),
        Map.entry(MALFORMED_JSON, join("{\"id\":99}#comment")),
        Map.entry(MALFORMED_JSON, join("1,")),
        Map.entry(MALFORMED_JSON, join("1 2")),
        Map.entry(MALFORMED_JSON, join("\"a\" \"b\"")),
        Map.entry(MALFORMED_JSON, join("null null")),
        Map.entry(MALFORMED_JSON, join("[1,]")),
        Map.entry(MALFORMED_JSON, join("[1]]")),
        Map.entry(MALFORMED_JSON, join("[")),
        Map.entry(MALFORMED_JSON, join("]")),
        Map.entry(MALFORMED_JSON, join("[{\"id\":99},")),
        Map.entry(MALFORMED_JSON, join("\ufeff\"id\":99")),
        Map.entry(NOT_AN_OBJECT, join("[]")),
        Map.entry(NOT_AN_OBJECT, join("[{\"id\":99}]")),
        Map.entry(NOT_AN_OBJECT, join("[1,[2,{\"a\":3}]]")),
        Map.entry(NOT_AN_OBJECT, join("[".repeat(65), "]".repeat(65))),
        Map.entry(MALFORMED_JSON, join("[".repeat(40))));
  }

  @ParameterizedTest
  @MethodSource("invalidLines")
  void aLineThatIsNoRecordIsQuarantinedAsAWhole(Map.Entry<Reason, byte[]> line) {
    Framing framing = FRAMINGS.get(0);

    Run run = run(join(framing.before, line.getValue(), framing.after));

    assertThat(run.reasons()).isEqualTo(List.of(line.getKey()));
    assertThat(run.refused.get(0).raw()).isEqualTo(line.getValue());
    assertThat(run.refused.get(0).line()).isEqualTo(2);
    assertThat(run.column("id")).containsExactly(1L, 2L);
  }

  static Stream<byte[]> objectsWithMore() {
    return Stream.of(
            "{\"id\":99}/**/",
            "{\"id\":99}//",
            "{\"id\":99}/",
            "{\"id\":99}#",
            "{\"id\":99}#{\"id\":98}",
            "{\"id\":99} #{} #{}",
            "{\"id\":99}}",
            "{\"id\":99}}}",
            "{\"id\":99}\"x\"",
            "{\"id\":99} \"a,b\"",
            "{\"id\":99} true",
            "{\"id\":99}1",
            "{\"id\":99}\u0000",
            "{\"id\":99}\ufeff",
            "{\"id\":99}:1",
            "x{\"id\":99}",
            "\ufeff{\"id\":99}",
            "#{\"id\":99}",
            "1 {\"id\":99}",
            "true{\"id\":99}",
            "-{\"id\":99}",
            "{\"id\":\"no\"}x")
        .map(GrammarTest::join);
  }

  @ParameterizedTest
  @MethodSource("objectsWithMore")
  void anObjectWithMoreTextBesideItIsNoRecord(byte[] record) {
    for (int i = 0; i < 4; i++) {
      Framing framing = FRAMINGS.get(i);
      byte[] text = join(framing.before, record, framing.after);
      for (Run run : List.of(run(text), runCompressed(text))) {
        assertThat(run.column("id")).as(framing.name).containsExactly(1L, 2L);
        assertThat(run.reasons()).as(framing.name).containsExactly(MALFORMED_JSON);
        assertThat(run.refused.get(0).raw()).as(framing.name).isEqualTo(record);
      }
    }
  }

  @Test
  void anObjectBehindTheEndOfABrokenOneIsOne() {
    String broken = "}";
    Framing lines = FRAMINGS.get(0);

    Run run = run(join(lines.before, broken, "{\"id\":98}", lines.after));

    assertThat(run.column("id")).containsExactly(1L, 98L, 2L);
    assertThat(run.refused.get(0).text()).isEqualTo(broken);
  }

  /**
   * Whether nobody can say where the record ends in an array on one line: in a string that is not
   * closed, or in an inner array that the outer one's elements would fit.
   */
  private static boolean ambiguous(byte[] record) {
    String text = new String(record, StandardCharsets.ISO_8859_1).replace("\\\\", "");
    long quotes = text.replace("\\\"", "").chars().filter(c -> c == '"').count();
    return quotes % 2 == 1 || text.endsWith("[") || text.endsWith("\\");
  }

  /**
   * Asserts that nothing of the record is written, that the first fault is reported where the
   * record starts, and that its neighbours are written.
   *
   * @param reason of the first fault, or null for any
   */
  private void invalid(byte[] record, Reason reason, List<Framing> framings, boolean wholeInArray) {
    Run alone = run(record);
    assertThat(alone.conversion.written()).isZero();
    assertThat(alone.refused.get(0).offset()).isZero();
    if (reason != null) {
      assertThat(alone.reasons().get(0)).isEqualTo(reason);
    }
    for (Framing framing : framings) {
      if (framing.name.equals("array") && ambiguous(record)) {
        continue;
      }
      byte[] before = join(framing.before);
      byte[] text = join(before, record, framing.after);
      boolean both = reason != null && framing.name.equals("lines");
      for (Run run : both ? List.of(run(text), runCompressed(text)) : List.of(run(text))) {
        assertThat(run.conversion.written()).as(framing.name).isEqualTo(2);
        if (reason != null) {
          assertThat(run.column("id")).as(framing.name).containsExactly(1L, 2L);
        }
        assertThat(run.refused).as(framing.name).isNotEmpty();
        assertThat(run.refused.get(0).offset()).as(framing.name).isEqualTo(before.length);
        if (framing.name.equals("lines")) {
          assertThat(run.refused).hasSize(1);
          assertThat(run.refused.get(0).raw()).isEqualTo(record);
        }
        if (reason != null) {
          assertThat(run.reasons().get(0)).as(framing.name).isEqualTo(reason);
        }
        if (wholeInArray) {
          Run.Refused last = run.refused.get(run.refused.size() - 1);
          assertThat(last.offset() + last.length())
              .as(framing.name)
              .isLessThanOrEqualTo(before.length + record.length + 1L);
        }
      }
    }
  }

  @Test
  void aByteOrderMarkBeforeTheTextIsSkipped() {
    Run run = run(join("\ufeff", GOOD.formatted(1), "\n{\n"));

    assertThat(run.column("id")).containsExactly(1L);
    assertThat(run.refused.get(0).offset()).isEqualTo(3 + GOOD.formatted(1).length() + 1);
  }
}
