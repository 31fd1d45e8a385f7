package dev.sluice.convert;

import static dev.sluice.model.Reason.MALFORMED_JSON;
import static dev.sluice.model.Reason.NOT_AN_OBJECT;
import static dev.sluice.model.Reason.RECORD_TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How records stand in a source: on lines, over lines, in arrays, one behind the other. */
class FramingTest {
  private static final int CHUNK = RecordReader.CHUNK;

  @TempDir Path folder;
  private Dataset dataset;

  @BeforeEach
  void declare() {
    dataset =
        Declared.of(
            folder,
            """
            {"name": "id", "type": "long"},
            {"name": "s", "type": ["null", "string"], "default": null},
            {"name": "n", "type": ["null", {"type": "record", "name": "N", "fields": [
                {"name": "x", "type": "long"}]}], "default": null}
            """);
  }

  private Run run(String text) {
    return run(text.getBytes(StandardCharsets.UTF_8), Limits.defaults());
  }

  private Run run(byte[] text, Limits limits) {
    return Run.of(
        dataset,
        folder,
        ConvertOptions.defaults().withCodec(Codec.NONE).withLimits(limits),
        () -> new ByteArrayInputStream(text),
        text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
        "{\"id\":1}\n{\"id\":2}\n{\"id\":3}",
        "{\"id\":1}\r\n{\"id\":2}\r\n{\"id\":3}\r\n",
        "\n\n{\"id\":1}\n\n \t\r\n{\"id\":2}\n{\"id\":3}\n\n",
        "  {\"id\":1}  \n\t{\"id\":2}\n {\"id\":3} ",
        "{\"id\":1}{\"id\":2}{\"id\":3}",
        "{\"id\":1} {\"id\":2}\t{\"id\":3}\n",
        "{\"id\":1}\n{\"id\":2} {\"id\":3}",
        "{\"id\":1}{\"id\":2}\n{\"id\":3}",
        "{\n  \"id\": 1\n}\n{\n  \"id\": 2\n}\n{\n  \"id\": 3\n}\n",
        "{\n\"id\":\n1\n}{\n\"id\"\n:2}\n{\"id\":3}",
        "{\"id\":\r\n1}\r\n{\"id\":2}\r\n{\"id\":3}",
        "[{\"id\":1},{\"id\":2},{\"id\":3}]",
        "[\n  {\n    \"id\": 1\n  },\n  {\n    \"id\": 2\n  },\n  {\n    \"id\": 3\n  }\n]\n",
        "[{\"id\":1}\n,{\"id\":2}\n,{\"id\":3}\n]",
        " \n [ {\"id\":1} , {\"id\":2} , {\"id\":3} ] \n ",
        "[{\"id\":1}][{\"id\":2},{\"id\":3}]",
        "[{\"id\":1}]\n[]\n[{\"id\":2}]\n{\"id\":3}",
        "\ufeff{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
        "\ufeff[{\"id\":1},{\"id\":2},{\"id\":3}]"
      })
  void everyFramingGivesItsRecords(String text) {
    Run run = run(text);

    assertThat(run.reasons()).isEmpty();
    assertThat(run.column("id")).containsExactly(1L, 2L, 3L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "\n", "\r\n\r\n", " \t\n ", "[]", "[ ]", "[\n]\n", "\ufeff", "[][]"})
  void aSourceWithoutRecordsGivesNothing(String text) {
    Run run = run(text);

    assertThat(run.conversion.read()).isZero();
    assertThat(run.conversion.files()).isEmpty();
    assertThat(run.conversion.quarantine()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void otherEncodingsAreRefusedAsAWhole(String encoding) {
    byte[] text = "{\"id\":1}\n".getBytes(Charset.forName(encoding));

    assertThatThrownBy(() -> run(text, Limits.defaults()))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREADABLE_SOURCE))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void blanksBehindTheFirstRecordAreNotHeldWhole() {
    byte[] first = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);
    // More than one array can hold.
    long blanks = 2_200_000_000L;
    InputStream endless =
        new InputStream() {
          private long at;

          @Override
          public int read() {
            throw new UnsupportedOperationException("Read many bytes at a time");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            int n = (int) Math.min(length, first.length + blanks - at);
            Arrays.fill(bytes, offset, offset + n, (byte) ' ');
            for (int i = 0; i < n && at + i < first.length; i++) {
              bytes[offset + i] = first[(int) at + i];
            }
            at += n;
            return n == 0 ? -1 : n;
          }
        };

    Run run =
        Run.of(
            dataset,
            folder,
            ConvertOptions.defaults()
                .withLimits(Limits.defaults().with(Limit.RECORD_BYTES, 100_000)),
            () -> endless,
            null);

    assertThat(run.column("id")).containsExactly(1L);
  }

  @Test
  void structuralFaultsOfAnArrayCostNoElement() {
    assertThat(run("[{\"id\":1} {\"id\":2}]").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},,{\"id\":2}]").column("id")).containsExactly(1L, 2L);
    assertThat(run("[,{\"id\":1},{\"id\":2}]").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},{\"id\":2},]").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},{\"id\":2}").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},{\"id\":2},").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},{\"id\":2}]]").column("id")).containsExactly(1L, 2L);
    assertThat(run("[{\"id\":1},{\"id\":2}]x").column("id")).containsExactly(1L, 2L);
    for (String text :
        List.of(
            "[{\"id\":1} {\"id\":2}]",
            "[{\"id\":1},,{\"id\":2}]",
            "[{\"id\":1},{\"id\":2},]",
            "[{\"id\":1},{\"id\":2}",
            "[{\"id\":1},{\"id\":2}]x")) {
      assertThat(run(text).reasons()).as(text).containsExactly(MALFORMED_JSON);
    }
  }

  @Test
  void elementsThatAreNoObjectsAreRefusedOneByOne() {
    Run run = run("[1,\"two\",{\"id\":3},null,[{\"id\":4}],{\"id\":5}]");

    assertThat(run.column("id")).containsExactly(3L, 5L);
    assertThat(run.refused.stream().map(Run.Refused::text))
        .containsExactly("1", "\"two\"", "null", "[{\"id\":4}]");
    assertThat(run.reasons()).containsOnly(NOT_AN_OBJECT);
  }

  @Test
  void aRecordCutShortInTheMiddleOfAPrettyFileCostsNoNeighbour() {
    String whole = "{\n  \"id\": %d,\n  \"n\": {\n    \"x\": 1\n  }\n}\n";
    String cut = "{\n  \"id\": 99,\n  \"n\": {\n    \"x\": 1\n";

    Run run = run(whole.formatted(1) + cut + whole.formatted(2) + whole.formatted(3));

    assertThat(run.column("id")).containsExactly(1L, 2L, 3L);
    assertThat(run.refused).hasSize(1);
    assertThat(run.refused.get(0).line()).isEqualTo(7);

    String element = "  {\n    \"id\": %d,\n    \"n\": {\n      \"x\": 1\n    }\n  }";
    Run array =
        run(
            "[\n"
                + element.formatted(1)
                + ",\n  {\n    \"id\": 99,\n    \"n\": {\n      \"x\": 1,\n"
                + element.formatted(2)
                + ",\n"
                + element.formatted(3)
                + "\n]\n");

    assertThat(array.column("id")).containsExactly(1L, 2L, 3L);
    assertThat(array.reasons()).containsExactly(MALFORMED_JSON);
  }

  @Test
  void whatStandsInsideARefusedRecordIsNoRecord() {
    for (String bad :
        List.of(
            "{\"u\":[{\"id\":5},{\"id\":6}],\"id\":no}",
            "{\"u\":{\"id\":5}{\"id\":6},\"id\":7}",
            "{\"u\":{{\"id\":5}}}",
            "{\"id\":x,\"u\":{\"id\":5}}",
            "\"a\":{\"id\":5}",
            "[{\"id\":5}")) {
      assertThat(run("{\"id\":1}\n" + bad + "\n{\"id\":2}\n").column("id"))
          .as(bad)
          .containsExactly(1L, 2L);
      if (!bad.startsWith("[")) {
        assertThat(run("[{\"id\":1},\n" + bad + ",\n{\"id\":2}]").column("id"))
            .as(bad)
            .containsExactly(1L, 2L);
      }
    }
  }

  // ---- chunks

  /** Records of all framings shifted byte by byte over the end of the first chunk. */
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", " ", ",", ",\n   "})
  void noRecordIsLostWhereverAChunkEnds(String between) {
    boolean array = between.startsWith(",");
    String tail =
        "{\"id\":2,\"s\":\"é😀\\n\\ud83d\\ude00\",\"u\":[1.5e3,true,null]}"
            + between
            + "{\n\"id\":3,\n\"n\":\n{\"x\":1\n}}"
                .replace("\n", between.contains("\n") || array ? "" : "\n")
            + between
            + "{\"id\":4,\"s\":bad}"
            + between
            + "{\"id\":5}";
    int length = tail.getBytes(StandardCharsets.UTF_8).length;
    for (int shift = 0; shift <= length; shift += between.length() % 3 == 1 ? 1 : 4) {
      String open = (array ? "[" : "") + "{\"id\":1,\"s\":\"";
      String close = "\"}" + between;
      int fill = CHUNK - open.length() - close.length() - shift;
      String text = open + "x".repeat(fill) + close + tail + (array ? "]" : "");

      Run run = run(text);

      assertThat(run.conversion.written()).as("shift %s", shift).isEqualTo(4);
      assertThat(run.refused.stream().map(Run.Refused::text))
          .as("shift %s", shift)
          .containsExactly("{\"id\":4,\"s\":bad}");
    }
  }

  @Test
  void objectsWithoutIndentAreWholeWhereverAChunkEnds() {
    String record = "{\n\"id\":7,\n\"n\":\n{\n\"x\":\n1\n}\n}\n";
    for (int shift = 0; shift <= record.length(); shift++) {
      String open = "{\n\"id\":1,\"s\":\"";
      String close = "\"}\n";
      String text =
          open
              + "x".repeat(CHUNK - open.length() - close.length() - shift)
              + close
              + record
              + record;

      Run run = run(text);

      assertThat(run.reasons()).as("shift %s", shift).isEmpty();
      assertThat(run.conversion.written()).as("shift %s", shift).isEqualTo(3);
    }
  }

  @Test
  void aCutElementIsToldFromItsNeighbourWhereverAChunkEnds() {
    String tail = "  {\"id\": 99,\n   \"n\": {\n  {\"id\": 2},\n  {\"id\": 3}\n]";
    for (int shift = 0; shift <= tail.length(); shift++) {
      String open = "[\n  {\"id\":1,\"s\":\"";
      String close = "\"},\n";
      String text =
          open + "x".repeat(CHUNK - open.length() - close.length() - shift) + close + tail;

      Run run = run(text);

      assertThat(run.conversion.written()).as("shift %s", shift).isEqualTo(3);
    }
  }

  @Test
  void recordsLargerThanAChunkAreRead() {
    String big = "{\"id\":%d,\"s\":\"" + "y".repeat(3 * CHUNK) + "\"}";
    for (String between : List.of("\n", "", ",", "\n\n")) {
      boolean array = between.equals(",");
      String text =
          (array ? "[" : "")
              + big.formatted(1)
              + between
              + "{\"id\":2}"
              + between
              + big.formatted(3)
              + between
              + "{\"id\":4}"
              + (array ? "]" : "");

      Run run = run(text);

      assertThat(run.reasons()).as(between).isEmpty();
      assertThat(run.column("id")).as(between).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void aLineOfManyObjectsIsNoLargeRecord() {
    Limits limits = Limits.defaults().with(Limit.RECORD_BYTES, 2 * CHUNK);
    int count = 300_000;
    StringBuilder text = new StringBuilder("{\"id\":0}\n");
    for (int i = 1; i < count; i++) {
      text.append("{\"id\":").append(i).append(i % 1000 == 0 ? ",}" : "}");
    }

    Run run = run(text.toString().getBytes(StandardCharsets.UTF_8), limits);

    assertThat(run.conversion.quarantined()).isEqualTo(299);
    assertThat(run.conversion.written()).isEqualTo(count - 299);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 64, 1000, 2_000_000, 5_000_000})
  void aRecordBeyondTheLimitIsRefusedAndNothingElse(int limit) {
    Limits limits = Limits.defaults().with(Limit.RECORD_BYTES, limit).with(Limit.RAW_BYTES, 100);
    String big = "{\"id\":99,\"s\":\"" + "z{[\\\"".repeat(limit / 5 + 10) + "\"}";
    for (String between : List.of("\n", "\r\n", " ", ",", ",\n  ")) {
      boolean array = between.startsWith(",");
      String text =
          (array ? "[" : "")
              + "{\"id\":1}"
              + between
              + big
              + between
              + "{\"id\":2}"
              + between
              + "{\"id\":3}"
              + (array ? "]" : "");

      Run run = run(text.getBytes(StandardCharsets.UTF_8), limits);

      assertThat(run.reasons()).as(between).containsExactly(RECORD_TOO_LARGE);
      assertThat(run.refused.get(0).length()).as(between).isEqualTo(big.length());
      assertThat(run.refused.get(0).raw().length).isLessThanOrEqualTo(100);
      assertThat(run.column("id")).as(between).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void bracketsThatNeverCloseTakeNoQuadraticTime() {
    String lines = "[\n".repeat(100_000);
    assertThat(run(lines).conversion.written()).isZero();
    assertThat(run("{\"a\":\n".repeat(20_000)).conversion.written()).isZero();
    assertThat(run("[" + "{".repeat(100_000) + "]").conversion.written()).isZero();
    assertThat(run("[".repeat(200_000)).conversion.written()).isZero();
    assertThat(run("{x}".repeat(40_000) + "\n").conversion.quarantined()).isEqualTo(40_000);
    assertThat(run("{\"id\":1}\n" + "{x}".repeat(40_000)).conversion.quarantined())
        .isEqualTo(40_000);
  }

  @Test
  void theStreamMayComeInAnyPieces() {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, 2_000)
        .forEach(i -> text.append("{\"id\":").append(i).append(",\"s\":\"é").append("\"}\n"));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    List<Object> expected = new ArrayList<>();
    IntStream.range(0, 2_000).forEach(i -> expected.add((long) i));
    for (int piece : new int[] {1, 2, 7, 4095}) {
      Run run =
          Run.of(dataset, folder, ConvertOptions.defaults(), () -> new Pieces(bytes, piece), bytes);

      assertThat(run.column("id")).isEqualTo(expected);
    }
  }

  /** A stream that gives a few bytes at a time and says that it has none at hand. */
  static final class Pieces extends InputStream {
    private final byte[] bytes;
    private final int piece;
    private int at;

    Pieces(byte[] bytes, int piece) {
      this.bytes = bytes;
      this.piece = piece;
    }

    @Override
    public int read() {
      return at == bytes.length ? -1 : bytes[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == bytes.length) {
        return -1;
      }
      int n = Math.min(Math.min(piece, length), bytes.length - at);
      System.arraycopy(bytes, at, into, offset, n);
      at += n;
      return n;
    }
  }
}
