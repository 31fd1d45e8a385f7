package dev.sluice.convert;

import static dev.sluice.model.Reason.DUPLICATE_FIELD;
import static dev.sluice.model.Reason.INPUT_CORRUPT;
import static dev.sluice.model.Reason.INVALID_TEXT;
import static dev.sluice.model.Reason.MALFORMED_CSV;
import static dev.sluice.model.Reason.MALFORMED_JSON;
import static dev.sluice.model.Reason.MISSING_FIELD;
import static dev.sluice.model.Reason.NULL_FIELD;
import static dev.sluice.model.Reason.OUT_OF_RANGE;
import static dev.sluice.model.Reason.RECORD_TOO_LARGE;
import static dev.sluice.model.Reason.RULE_VIOLATED;
import static dev.sluice.model.Reason.STRING_TOO_LONG;
import static dev.sluice.model.Reason.TYPE_MISMATCH;
import static dev.sluice.model.Reason.UNKNOWN_FIELD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CSV becomes the same records as JSON, and its faults cost no neighbour either. */
class CsvTest {
  private static final String SIMPLE =
      """
      {"name": "id", "type": "long"},
      {"name": "s", "type": ["null", "string"], "default": null}
      """;

  private static final String FIELDS =
      """
      {"name": "id", "type": "long"},
      {"name": "s", "type": "string", "default": "none"},
      {"name": "o", "type": ["null", "string"], "default": null},
      {"name": "d", "type": ["null", "double"], "default": null},
      {"name": "b", "type": ["null", "boolean"], "default": null},
      {"name": "p", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 12, "scale": 2}], "default": null},
      {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null},
      {"name": "us", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null, "format": "M/d/yyyy H:mm"},
      {"name": "ms", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null, "epoch": "millis"},
      {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null},
      {"name": "e", "type": ["null", {"type": "enum", "name": "E", "symbols": ["X", "Y"]}],
          "default": null},
      {"name": "r", "type": ["null", {"type": "record", "name": "R", "fields": [
          {"name": "x", "json": "ex-x", "type": ["null", "int"], "default": null},
          {"name": "y", "type": "string", "default": "why"}]}], "default": null},
      {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []},
      {"name": "m", "type": {"type": "map", "values": "int"}, "default": {}}
      """;

  @TempDir Path folder;

  private Dataset declared(String fields, String... yaml) {
    List<String> lines = new ArrayList<>(List.of(yaml));
    if (lines.stream().noneMatch(l -> l.startsWith("csv:"))) {
      lines.add("csv: {all: true}");
    }
    return Declared.of(folder, fields, lines.toArray(new String[0]));
  }

  private Run run(Dataset dataset, String text) {
    return Run.of(dataset, folder, text.getBytes(StandardCharsets.UTF_8));
  }

  private Run simple(String text) {
    return run(declared(SIMPLE), text);
  }

  @Test
  void rowsHoldTheSameAsTheJsonTheyStandFor() {
    String csv =
        """
        id,s,o,d,b,p,at,us,ms,day,e,r.ex-x,r.y,tags,m
        1,text,"with ""quotes"", commas",1.5,true,12.30,2024-02-29T12:00:00.5Z,3/1/2024 8:05,1709208000123,2024-02-29,X,7,yy,"[""a"",""b""]","{""k"": 1}"
        2,,,,,,,,,,,,,,
        3,"","",,,,,,,,,,,,
        """;
    String json =
        """
        {"id":1,"s":"text","o":"with \\"quotes\\", commas","d":1.5,"b":true,"p":12.30,"at":"2024-02-29T12:00:00.5Z","us":"3/1/2024 8:05","ms":1709208000123,"day":"2024-02-29","e":"X","r":{"ex-x":7,"y":"yy"},"tags":["a","b"],"m":{"k":1}}
        {"id":2}
        {"id":3,"s":"","o":""}
        """;
    Run fromCsv = run(declared(FIELDS), csv);
    Run fromJson = run(Declared.of(folder, FIELDS), json);

    assertThat(fromCsv.reasons()).isEmpty();
    assertThat(fromJson.reasons()).isEmpty();
    Run.same("row", fromCsv.rows(), fromJson.rows());
    assertThat(fromCsv.column("us").get(0)).isEqualTo(Instant.parse("2024-03-01T08:05:00Z"));
    assertThat(fromCsv.column("day").get(0)).isEqualTo(LocalDate.of(2024, 2, 29));
  }

  @Test
  void anEmptyCellIsNullAndAQuotedOneIsEmptyText() {
    Run run =
        run(
            declared(
                """
                {"name": "a", "type": ["null", "string"]},
                {"name": "b", "type": ["string", "null"], "default": "x"},
                {"name": "c", "type": "string", "default": "y"},
                {"name": "n", "type": ["null", "int"], "default": null}
                """,
                "csv: {all: true, \"null\": NA}"),
            "a,b,c,n\n,,,\n\"\",\"\",\"\",\"\"\nNA,NA,NA,NA\n\"NA\",z,z,1\n");

    assertThat(run.reasons()).isEmpty();
    assertThat(run.column("a")).isEqualTo(Arrays.asList(null, "", null, "NA"));
    assertThat(run.column("b")).isEqualTo(Arrays.asList(null, "", null, "z"));
    assertThat(run.column("c")).isEqualTo(Arrays.asList("y", "", "y", "z"));
    assertThat(run.column("n")).isEqualTo(Arrays.asList(null, null, null, 1L));
    assertThat(simple("id,s\n,x\n").reasons()).containsExactly(MISSING_FIELD);
  }

  @Test
  void numbersMayBeWrittenAsSpreadsheetsWriteThem() {
    Dataset dataset = declared("{\"name\": \"d\", \"type\": \"double\"}");
    Run run = run(dataset, "d\n 1 \n+2\n003\n.5\n-.5\n-007.25\n1e3\n1E-2\n-0\n00\n0.10\n");

    assertThat(run.reasons()).isEmpty();
    assertThat(run.column("d"))
        .isEqualTo(List.of(1.0, 2.0, 3.0, 0.5, -0.5, -7.25, 1000.0, 0.01, -0.0, 0.0, 0.1));
    String[] none = {
      "x",
      "1.",
      "1,5",
      "1 2",
      "--1",
      "+-1",
      "1e",
      "e5",
      ".",
      "-",
      "0x1F",
      "NaN",
      "Infinity",
      "1_000",
      "true",
      "{}",
      "1}",
      "1,\"d\":2",
      "null"
    };
    for (String text : none) {
      Run bad = run(dataset, "d\n\"" + text.replace("\"", "\"\"") + "\"\n");
      assertThat(bad.reasons()).as(text).containsExactly(TYPE_MISMATCH);
      assertThat(bad.refused.get(0).field()).isEqualTo("d");
    }
  }

  @Test
  void valuesThatDoNotFitAreQuarantinedWithLineOffsetFieldAndText() {
    String csv =
        "id,s,d,b,p,at,e,tags\n"
            + "1,a,1,TRUE,1.00,2024-01-01,X,[]\n"
            + "x,a,1,true,1.00,2024-01-01T00:00:00Z,X,[]\n"
            + "3,a,x,true,1.00,2024-01-01T00:00:00Z,X,[]\n"
            + "4,a,1,yes,1.00,2024-01-01T00:00:00Z,X,[]\n"
            + "5,a,1,true,1.001,2024-01-01T00:00:00Z,X,[]\n"
            + "6,a,1,true,1,soon,X,[]\n"
            + "7,a,1,true,1,,Z,[]\n"
            + "8,a,1,true,1,,X,\"[1]\"\n"
            + "9,a,1,true,1,,X,\"[\"\"a\"\"\"\n"
            + "10,a,1,true,1,,X,\"[],\"\"x\"\":[]\"\n"
            + "99999999999999999999,a,1,true,1,,X,[]\n"
            + "12,a,1,False,1,,X,[]\n";
    Run run = run(declared(FIELDS), csv);

    assertThat(run.column("id")).containsExactly(12L);
    assertThat(run.refused.stream().map(Run.Refused::reason))
        .containsExactly(
            TYPE_MISMATCH,
            TYPE_MISMATCH,
            TYPE_MISMATCH,
            TYPE_MISMATCH,
            OUT_OF_RANGE,
            TYPE_MISMATCH,
            Reason.UNKNOWN_SYMBOL,
            TYPE_MISMATCH,
            MALFORMED_JSON,
            MALFORMED_JSON,
            OUT_OF_RANGE);
    assertThat(run.refused.stream().map(Run.Refused::field))
        .containsExactly("at", "id", "d", "b", "p", "at", "e", "tags[0]", "tags", "tags", "id");
    assertThat(run.refused.get(1).text()).isEqualTo("x,a,1,true,1.00,2024-01-01T00:00:00Z,X,[]");
    assertThat(run.refused.get(1).line()).isEqualTo(3);
  }

  @Test
  @Timeout(60)
  void quotesThatNeverCloseTakeBoundedTime() {
    int lines = 100_000;
    Run run = simple("id,s\n1,a\n" + "a\",\"\n".repeat(lines) + "2,b\n3,\"\n\n4,\"d\"\nx,y\n");

    assertThat(run.column("id")).contains(1L, 4L).isSubsetOf(1L, 2L, 3L, 4L);
    assertThat(run.conversion.read())
        .isEqualTo(run.conversion.written() + run.conversion.quarantined());
    Run.Refused last = run.refused.get(run.refused.size() - 1);
    assertThat(last.text()).isEqualTo("x,y");
    assertThat(last.line()).isEqualTo(lines + 7);
  }

  @Test
  void emptyLinesAreSkippedAndCounted() {
    String empty = "\n\r\n".repeat(200_000);
    Run run = simple(empty + "id,s\n" + empty + "1,a\n" + empty + "x,b\n" + empty);

    assertThat(run.column("id")).containsExactly(1L);
    assertThat(run.conversion.read()).isEqualTo(2);
    assertThat(run.refused.get(0).line()).isEqualTo(1_200_003);
    assertThat(run.refused.get(0).offset()).isEqualTo(3 * 600_000 + 9);
  }

  @Test
  void rowsOfAnotherNumberOfColumnsAreQuarantined() {
    Run run = simple("id,s\n1,a\n2\n3,c,d\n4,d\n,,\n5,\n");

    assertThat(run.column("id")).containsExactly(1L, 4L, 5L);
    assertThat(run.reasons()).containsExactly(MALFORMED_CSV, MALFORMED_CSV, MALFORMED_CSV);
    assertThat(run.refused.stream().map(Run.Refused::text)).containsExactly("2", "3,c,d", ",,");
  }

  @Test
  void brokenQuotesCostTheirLineAndNoNeighbour() {
    for (String broken :
        List.of("9,\"x", "9,\"x\"y", "\"9\"9,x", "9,\"x\" ", "\"", "9,\"a,b", "9,\"\"x\"")) {
      for (String end : List.of("\n", "\r\n")) {
        Run run =
            simple(
                String.join(
                    end, "id,s", "1,a", broken, "2,\"b\"", "3,\"c" + end + "c\"", "4,d", ""));

        assertThat(run.column("id")).as(broken).containsExactly(1L, 2L, 3L, 4L);
        assertThat(run.reasons()).as(broken).containsExactly(MALFORMED_CSV);
        assertThat(run.refused.get(0).text()).isEqualTo(broken);
        assertThat(run.refused.get(0).line()).isEqualTo(3);
      }
      Run last = simple("id,s\n1,a\n" + broken);
      assertThat(last.column("id")).as(broken).containsExactly(1L);
      assertThat(last.reasons()).as(broken).containsExactly(MALFORMED_CSV);
      Run plain = simple("id,s\n1,a\n" + broken + "\n2,b\n3,c\n");
      assertThat(plain.column("id")).as(broken).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void quotesInsideAndLineEndsInQuotesAreText() {
    Run run = simple("id,s\r\n1,\"a\r\nb\"\r\n2,a\"b\r\n3,\"\"\"\"\r\n\r\n\n4,\"\n\"\r\nx,y\r\n");

    assertThat(run.column("s")).containsExactly("a\r\nb", "a\"b", "\"", "\n");
    assertThat(run.refused.get(0).text()).isEqualTo("x,y");
    assertThat(run.refused.get(0).line()).isEqualTo(10);
    assertThat(simple("id,s\r1,a\r2,b").column("id")).containsExactly(1L, 2L);
  }

  @Test
  void delimiterQuoteAndColumnsAreDeclared() {
    Run run =
        run(
            declared(
                SIMPLE,
                "csv: {all: true, delimiter: \";\", quote: \"'\", header: false, columns: [s, id]}"),
            "\ufeffa;1\n'b;b''';2\n\"c\";3\n");

    assertThat(run.column("s")).containsExactly("a", "b;b'", "\"c\"");
    assertThat(run.column("id")).containsExactly(1L, 2L, 3L);
  }

  @Test
  void namesSayWhatIsCsv() throws IOException {
    Dataset dataset = Declared.of(folder, SIMPLE);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("s3://raw/things/a.csv", "id,s\n1,a\n");
    texts.put("x.TSV", "s\tid\na\t1\n");
    texts.put("x.csv.gz", "\ufeffid,s\n1,a\n");
    texts.put("x.json", "{\"id\":1,\"s\":\"a\"}");
    texts.put("x.csv.json", "{\"id\":1,\"s\":\"a\"}");
    for (Map.Entry<String, String> named : texts.entrySet()) {
      byte[] text = named.getValue().getBytes(StandardCharsets.UTF_8);
      byte[] stored = named.getKey().endsWith("gz") ? gzip(text) : text;
      Conversion done =
          new Converter(dataset, ConvertOptions.defaults())
              .convert(
                  new Source(named.getKey(), "", "x", () -> new ByteArrayInputStream(stored)),
                  folder.resolve("data"),
                  folder.resolve("quarantine"),
                  Progress.NONE);
      assertThat(done.written()).as(named.getKey()).isEqualTo(1);
    }
  }

  @Test
  void aHeaderThatLeadsNowhereRefusesTheSource() {
    for (String header :
        List.of("a,b", "1,2", "id,id", "id,s,\"id\"", "\"id", "{\"id\":1}", "id\0x")) {
      assertThatThrownBy(() -> simple(header + "\n1,a\n"))
          .as(header)
          .isInstanceOfSatisfying(
              SluiceException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREADABLE_SOURCE));
    }
    assertThatThrownBy(() -> run(declared(FIELDS), "r,r.y\n"))
        .hasMessageContaining("two of its columns lead to the same field: ");
    assertThat(simple("").conversion.read()).isZero();
    assertThat(simple("id,s\n").conversion.read()).isZero();
    assertThat(simple("\n\nid,s\n1,a").column("id")).containsExactly(1L);
  }

  @Test
  void columnsMayBeUnknownMissingAndInAnyOrder() {
    assertThat(simple("x, id ,y\n1,2,3\n").column("id")).containsExactly(2L);
    assertThat(simple("s\na\n").reasons()).containsExactly(MISSING_FIELD);
    Run strict = run(declared(SIMPLE, "unknown_fields: quarantine"), "x,id\n1,2\n");
    assertThat(strict.reasons()).containsExactly(UNKNOWN_FIELD);
    Run mixed = run(declared(FIELDS), "r.y,tags,id,r.ex-x\nq,,5,6\n");
    assertThat(mixed.rows().get(0).get("r")).hasToString("{x=6, y=q}");
  }

  @Test
  void aRecordInOneCellIsJson() {
    Run run =
        run(declared(FIELDS), "id,r\n1,\"{\"\"ex-x\"\":1}\"\n2,\n3,\"{\"\"ex-x\"\":\"\"a\"\"}\"\n");
    assertThat(run.rows().get(0).get("r")).hasToString("{x=1, y=why}");
    assertThat(run.rows().get(1).get("r")).isNull();
    assertThat(run.refused.get(0).field()).isEqualTo("r.x");
    assertThat(run(declared(FIELDS), "id,r\n1,\"{\"\"y\"\":null}\"\n").reasons())
        .containsExactly(NULL_FIELD);
    assertThat(
            run(declared(FIELDS), "id,r\n1,\"{\"\"y\"\":\"\"a\"\",\"\"y\"\":\"\"a\"\"}\"\n")
                .reasons())
        .containsExactly(DUPLICATE_FIELD);
  }

  @Test
  void rulesAndPartitionsHoldAsForJson() {
    Dataset dataset = declared(SIMPLE, "partition: [s]", "quality:", "  - {field: id, max: 10}");
    Run run = run(dataset, "id,s\n1,a\n11,\"b\nb\"\n2,a/b\n12,b\n3,\n");

    assertThat(run.refused.stream().map(Run.Refused::text)).containsExactly("11,\"b\nb\"", "12,b");
    assertThat(run.reasons()).containsOnly(RULE_VIOLATED);
    assertThat(run.refused.stream().map(Run.Refused::line)).containsExactly(3L, 6L);
    assertThat(run.conversion.files().stream().map(DataFile::directory))
        .containsExactlyInAnyOrder("s=a", "s=a%2Fb", "s=__HIVE_DEFAULT_PARTITION__");
  }

  @Test
  void invalidTextAndControlCharactersAreToldOrKept() {
    byte[] text = "id,s\n1,a?b\n2,\u0000\u0001\t\u007f\n3,é\n".getBytes(StandardCharsets.UTF_8);
    text["id,s\n1,a".length()] = (byte) 0xff;

    Run run = Run.of(declared(SIMPLE), folder, text);

    assertThat(run.reasons()).containsExactly(INVALID_TEXT);
    assertThat(run.refused.get(0).field()).isEqualTo("s");
    assertThat(run.column("s")).containsExactly("\u0000\u0001\t\u007f", "é");
    assertThatThrownBy(
            () -> Run.of(declared(SIMPLE), folder, "id,s\n1,a".getBytes(StandardCharsets.UTF_16)))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void limitsHoldAsForJson() {
    Limits limits =
        Limits.defaults()
            .with(Limit.RECORD_BYTES, 200_000)
            .with(Limit.STRING_BYTES, 50_000)
            .with(Limit.RAW_BYTES, 100);
    String text =
        "id,s\n1,a\n2,"
            + "x".repeat(60_000)
            + "\n3,"
            + "x".repeat(300_000)
            + "\n4,d\n5,"
            + "x,".repeat(150_000)
            + "\n6,\""
            + "x".repeat(3_000_000)
            + "\"\n7,a\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Run run = Run.of(declared(SIMPLE), folder, ConvertOptions.defaults().withLimits(limits), bytes);

    assertThat(run.column("id")).containsExactly(1L, 4L, 7L);
    assertThat(run.reasons().get(0)).isEqualTo(STRING_TOO_LONG);
    assertThat(run.reasons().get(1)).isEqualTo(RECORD_TOO_LARGE);
    assertThat(run.reasons()).hasSize(4);
    assertThatThrownBy(() ->
            Run.of(
                declared(SIMPLE),
                folder,
                ConvertOptions.defaults().withLimits(Limits.defaults().with(Limit.RECORDS, 1)),
                "id,s\n1,a\n2,b\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_RECORDS));
    assertThatThrownBy(() ->
            Run.of(
                declared(SIMPLE),
                folder,
                ConvertOptions.defaults()
                    .withLimits(Limits.defaults().with(Limit.DECODED_BYTES, 100_000)),
                bytes))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DECODED_TOO_LARGE));
  }

  @Test
  void tooLongTextIsToldWhereverItsCharactersAreCut() {
    Limits limits = Limits.defaults().with(Limit.STRING_BYTES, 10);
    for (String start : List.of("", "x", "xx", "xxx")) {
      for (String c : List.of("x", "é", "€", "😀", "\n", "\"\"")) {
        String text = "id,s\n1,\"" + start + c.repeat(40) + "\"\n2,\"" + start + "\"\n";
        Run run =
            Run.of(
                declared(SIMPLE),
                folder,
                ConvertOptions.defaults().withLimits(limits),
                text.getBytes(StandardCharsets.UTF_8));
        assertThat(run.reasons()).as(start + c).containsExactly(STRING_TOO_LONG);
        assertThat(run.column("s")).containsExactly(start);
      }
    }
  }

  @Test
  void aTruncatedStreamLosesNothingBeforeItsEnd() throws IOException {
    StringBuilder text = new StringBuilder("id,s\n");
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      text.append(i).append(',').append(Long.toHexString(random.nextLong())).append('\n');
    }
    byte[] stored = gzip(text.toString().getBytes(StandardCharsets.UTF_8));
    Converter converter = new Converter(declared(SIMPLE), ConvertOptions.defaults());
    for (int length = 300; length < stored.length; length += 7) {
      byte[] cut = Arrays.copyOf(stored, length);
      Run run =
          Run.of(converter, declared(SIMPLE), folder, () -> new ByteArrayInputStream(cut), null);
      assertThat(run.reasons()).containsExactly(INPUT_CORRUPT);
      for (int i = 0; i < run.conversion.written(); i++) {
        assertThat(run.column("id").get(i)).isEqualTo((long) i);
      }
    }
  }

  @Test
  void manyRowsInAnyPiecesAreEachAccountedFor() {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder("id,s\n");
    List<Object> ids = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      String end = random.nextInt(5) == 0 ? "\r\n" : "\n";
      switch (random.nextInt(12)) {
        case 0 -> {
          String bad = i + ",a,b";
          refused.add(bad);
          text.append(bad).append(end);
        }
        case 1 -> {
          String bad = "no" + i + ",\"a" + end + "b\"";
          refused.add(bad);
          text.append(bad).append(end);
        }
        case 2 -> {
          String bad = i + ",\"a\"b";
          refused.add(bad);
          text.append(bad).append(end);
        }
        case 3 -> {
          ids.add((long) i);
          text.append(i).append(",\"x").append(end).append("\"\"y\"\"").append("\"").append(end);
        }
        default -> {
          ids.add((long) i);
          text.append(i).append(",some words ").append(i % 7).append(end);
        }
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int piece : new int[] {bytes.length, 4095}) {
      InputStream[] opened = new InputStream[1];
      Run run =
          Run.of(
              declared(SIMPLE),
              folder,
              ConvertOptions.defaults(),
              () -> opened[0] = new FramingTest.Pieces(bytes, piece),
              bytes);
      Run.same("id", run.column("id"), ids);
      Run.same("refused", run.refused.stream().map(Run.Refused::text).toList(), refused);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
