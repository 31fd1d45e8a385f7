package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each limit holds exactly where it is set, has its own code, and costs nobody else. */
class LimitsTest {
  private static final String GOOD = "{\"id\":%d}";

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
            {"name": "e", "type": ["null", {"type": "enum", "name": "E", "symbols": ["Y"]}],
                "default": null},
            {"name": "list", "type": {"type": "array", "items": {"type": "record", "name": "L",
                "fields": [{"name": "a", "type": "int", "default": 0},
                           {"name": "b", "type": "int", "default": 0}]}}, "default": []},
            {"name": "map", "type": {"type": "map", "values": "int"}, "default": {}}
            """);
  }

  private Run run(Limits limits, byte[] text) {
    return Run.of(
        dataset,
        folder,
        ConvertOptions.defaults().withLimits(limits),
        () -> new ByteArrayInputStream(text),
        text);
  }

  /** The record is read with the limit, and with one less it is not, wherever it stands. */
  private void exactly(Limit limit, int value, String record, String field) {
    for (String between : List.of("\n", ",\n", " ")) {
      boolean array = between.startsWith(",");
      byte[] text =
          ((array ? "[" : "")
                  + String.join(between, GOOD.formatted(1), record, GOOD.formatted(2))
                  + (array ? "]" : ""))
              .getBytes(StandardCharsets.UTF_8);

      Run within = run(Limits.defaults().with(limit, value), text);
      assertThat(within.reasons()).as(record).isEmpty();
      assertThat(within.column("id")).containsExactly(1L, 99L, 2L);

      Run beyond = run(Limits.defaults().with(limit, value - 1), text);
      assertThat(beyond.reasons()).as(record).containsExactly(Reason.valueOf(limit.code()));
      assertThat(beyond.refused.get(0).text()).isEqualTo(record);
      assertThat(beyond.refused.get(0).field()).isEqualTo(field);
      assertThat(beyond.column("id")).containsExactly(1L, 2L);
    }
  }

  @Test
  void aRecordIsAsLongAsAllowed() {
    String record = "{\"id\":99,\"s\":\"" + "x".repeat(100) + "\"}";
    exactly(Limit.RECORD_BYTES, record.length(), record, "");
  }

  @Test
  void nestingIsAsDeepAsAllowed() {
    exactly(Limit.DEPTH, 5, "{\"id\":99,\"u\":{\"v\":[[{}]]}}", "");
    exactly(Limit.DEPTH, 4, "{\"u\":[[[]]],\"id\":99}", "");
  }

  @Test
  void aNumberIsAsLongAsAllowed() {
    exactly(Limit.NUMBER_LENGTH, 40, "{\"id\":99,\"u\":0." + "1".repeat(38) + "}", "");
    exactly(Limit.NUMBER_LENGTH, 40, "{\"id\":99." + "0".repeat(37) + "}", "id");
  }

  @Test
  void aStringIsAsLongAsAllowed() {
    String text = "x".repeat(20);
    exactly(Limit.STRING_BYTES, 20, "{\"id\":99,\"s\":\"" + text + "\"}", "s");
    exactly(Limit.STRING_BYTES, 20, "{\"id\":99,\"u\":[{\"v\":\"" + text + "\"}]}", "");
    exactly(Limit.STRING_BYTES, 20, "{\"id\":99,\"" + text + "\":1}", "");
    exactly(Limit.STRING_BYTES, 20, "{\"id\":99,\"u\":{\"" + text + "\":1}}", "");
    exactly(Limit.STRING_BYTES, 20, "{\"id\":99,\"map\":{\"" + text + "\":1}}", "");
    exactly(Limit.STRING_BYTES, 6, "{\"id\":99,\"s\":\"\\u00e9\"}", "s");
    exactly(Limit.STRING_BYTES, 6, "{\"id\":99,\"e\":\"\\u0059\"}", "e");
    exactly(Limit.STRING_BYTES, 6, "{\"id\":99,\"s\":\"ééé\"}", "s");
  }

  @Test
  void anObjectHasAsManyKeysAsAllowed() {
    exactly(Limit.OBJECT_FIELDS, 3, "{\"id\":99,\"u\":1,\"v\":2}", "");
    exactly(Limit.OBJECT_FIELDS, 3, "{\"id\":99,\"u\":{\"a\":1,\"b\":2,\"c\":3}}", "");
    exactly(Limit.OBJECT_FIELDS, 3, "{\"id\":99,\"u\":[{\"a\":1,\"a\":2,\"a\":3}]}", "");
    exactly(Limit.OBJECT_FIELDS, 3, "{\"id\":99,\"map\":{\"a\":1,\"b\":2,\"c\":3}}", "map");
    exactly(Limit.OBJECT_FIELDS, 3, "{\"id\":99,\"list\":[{\"a\":1,\"b\":1,\"c\":1}]}", "list[0]");
  }

  @Test
  void arraysAndMapsFillAsManyColumnValuesAsAllowed() {
    exactly(Limit.RECORD_VALUES, 6, "{\"id\":99,\"list\":[{},{},{}]}", "list");
    exactly(Limit.RECORD_VALUES, 4, "{\"id\":99,\"map\":{\"a\":1,\"b\":2}}", "map");
    exactly(Limit.RECORD_VALUES, 4, "{\"id\":99,\"list\":[{}],\"map\":{\"a\":1}}", "map");
    int many = 100;
    String text = (GOOD.formatted(7).replace("}", ",\"list\":[{},{}]}") + "\n").repeat(many);
    Limits four = Limits.defaults().with(Limit.RECORD_VALUES, 4);
    assertThat(run(four, text.getBytes(StandardCharsets.UTF_8)).conversion.written())
        .as("the limit is one record's")
        .isEqualTo(many);
  }

  @Test
  void ofABadRecordAsMuchIsKeptAsAllowed() {
    byte[] text = "{\"id\":\"é\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(run(Limits.defaults().with(Limit.RAW_BYTES, 8), text).refused.get(0).text())
        .as("a character is not cut")
        .isEqualTo("{\"id\":\"");
    assertThat(run(Limits.defaults().with(Limit.RAW_BYTES, 9), text).refused.get(0).text())
        .isEqualTo("{\"id\":\"é");
    assertThat(run(Limits.defaults().with(Limit.RAW_BYTES, 0), text).refused.get(0).text())
        .isEmpty();
  }

  // ---- limits of a source

  private void refused(ErrorCode code, Limits limits, byte[] stored) throws IOException {
    Path data = Files.createTempDirectory(folder, "data");
    Path quarantine = Files.createTempDirectory(folder, "quarantine");
    Converter converter =
        new Converter(dataset, ConvertOptions.defaults().withLimits(limits).withFileBytes(1000));
    Source source = new Source("memory", "v", "stem", () -> new ByteArrayInputStream(stored));
    assertThatThrownBy(() -> converter.convert(source, data, quarantine, Progress.NONE))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.code().action()).isEqualTo(ErrorCode.Action.REJECT);
              assertThat(e).hasMessageMatching("Cannot read memory: .*, or raise the limit");
            });
    for (Path home : List.of(data, quarantine)) {
      try (Stream<Path> left = Files.walk(home).filter(Files::isRegularFile)) {
        assertThat(left).isEmpty();
      }
    }
  }

  private static byte[] lines(int count) {
    return (GOOD.formatted(1) + "\n").repeat(count).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aSourceHasAsManyRecordsAsAllowed() throws IOException {
    byte[] text =
        (new String(lines(9), StandardCharsets.UTF_8) + "bad\n").getBytes(StandardCharsets.UTF_8);
    Limits ten = Limits.defaults().with(Limit.RECORDS, 10);
    assertThat(run(ten, text).conversion.read()).isEqualTo(10);
    refused(ErrorCode.TOO_MANY_RECORDS, ten.with(Limit.RECORDS, 9), text);
    refused(
        ErrorCode.TOO_MANY_RECORDS,
        ten,
        ("[" + "1,".repeat(10) + "1]").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aSourceIsAsLargeAsAllowedOnceItIsDecompressed() throws IOException {
    byte[] text = lines(100);
    Limits limits = Limits.defaults().with(Limit.DECODED_BYTES, text.length);
    for (byte[] stored : List.of(text, gzip(text, 1), zstd(text, 1, 20))) {
      assertThat(
              Run.of(
                      dataset,
                      folder,
                      ConvertOptions.defaults().withLimits(limits),
                      () -> new ByteArrayInputStream(stored),
                      text)
                  .conversion
                  .written())
          .isEqualTo(100);
      refused(
          ErrorCode.DECODED_TOO_LARGE, limits.with(Limit.DECODED_BYTES, text.length - 1), stored);
    }
  }

  @Test
  void aBombIsRefusedSoonAfter64Mebibytes() throws IOException {
    byte[] text = lines(1 << 20);
    for (byte[] stored : List.of(gzip(text, 30), zstd(text, 30, 20))) {
      assertThat(stored.length).isLessThan(2 << 20);
      long start = System.nanoTime();
      refused(ErrorCode.RATIO_TOO_HIGH, Limits.defaults(), stored);
      assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(30_000);
    }
    byte[] small = gzip(lines(200_000), 1);
    assertThat(
            Run.of(
                    dataset,
                    folder,
                    ConvertOptions.defaults(),
                    () -> new ByteArrayInputStream(small),
                    lines(200_000))
                .conversion
                .written())
        .isEqualTo(200_000);
  }

  @Test
  void zstdTakesAsMuchMemoryAsAllowed() throws IOException {
    byte[] text = lines(10);
    byte[] stored = zstd(text, 1, 22);
    Limits limits = Limits.defaults().with(Limit.ZSTD_WINDOW_BYTES, 4 << 20);
    assertThat(
            Run.of(
                    dataset,
                    folder,
                    ConvertOptions.defaults().withLimits(limits),
                    () -> new ByteArrayInputStream(stored),
                    text)
                .conversion
                .written())
        .isEqualTo(10);
    refused(
        ErrorCode.WINDOW_TOO_LARGE, limits.with(Limit.ZSTD_WINDOW_BYTES, (4 << 20) - 1), stored);
    refused(ErrorCode.WINDOW_TOO_LARGE, Limits.defaults(), zstd(text, 1, 27));
  }

  private static byte[] gzip(byte[] text, int times) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      for (int i = 0; i < times; i++) {
        gzip.write(text);
      }
    }
    return out.toByteArray();
  }

  private static byte[] zstd(byte[] text, int times, int windowLog) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
      zstd.setLong(windowLog);
      for (int i = 0; i < times; i++) {
        zstd.write(text);
      }
    }
    return out.toByteArray();
  }

  // ---- settings

  @Test
  void aSchemaThatIsDeeperThanTheLimitIsToldAtOnce() {
    ConvertOptions options =
        ConvertOptions.defaults().withLimits(Limits.defaults().with(Limit.DEPTH, 2));
    assertThatThrownBy(() -> new Converter(dataset, options))
        .hasMessage(
            "Cannot convert to things: its schema is nested deeper than the limit depth allows: 3"
                + " levels: raise the limit");
  }

  @Test
  void settingsAreReadWithTheirUnits() {
    assertThat(Limits.parse("")).isEqualTo(Limits.defaults());
    assertThat(Limits.parse(" record-bytes = 2MiB, depth=7 ,decoded-bytes=1 GiB"))
        .isEqualTo(
            Limits.defaults()
                .with(Limit.RECORD_BYTES, 2 << 20)
                .with(Limit.DEPTH, 7)
                .with(Limit.DECODED_BYTES, 1 << 30));
  }

  @Test
  void settingsAreWrittenAsTheyAreRead() {
    assertThat(Limits.defaults().text()).isEmpty();
    Limits set = Limits.parse("decoded-bytes=1 GiB,depth=7");
    assertThat(set.text()).isEqualTo("depth=7,decoded-bytes=1073741824");
    assertThat(Limits.parse(set.text())).isEqualTo(set);
  }

  @Test
  void everythingThatIsWrongWithSettingsIsTold() {
    assertThatThrownBy(
            () -> Limits.parse("depth,dept=1,depth=0,records=x,records=9GiGiB,raw-bytes=9GiB"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no name=number: depth; ")
        .hasMessageContaining("twice: records; ")
        .hasMessageContaining("unknown: dept (known are record-bytes, depth, ")
        .hasMessageContaining("depth is not between 1 and 1000: 0; ")
        .hasMessageContaining("records is no such number: 9GiGiB; ")
        .hasMessageEndingWith("raw-bytes is not between 0 and 16777216: 9663676416");
  }

  @Test
  void theGuideListsTheLimitsAsTheyAre() throws IOException {
    String guide = Files.readString(Path.of("..", "..", "docs", "datasets.md"));
    for (Limit limit : Limit.values()) {
      String code = limit.code().isEmpty() ? "cut off" : "`" + limit.code() + "`";
      assertThat(guide)
          .contains(
              String.format(
                  Locale.ROOT,
                  "| `%s` | %,d | %s | %s |\n",
                  limit.setting(),
                  limit.byDefault(),
                  limit.meaning(),
                  code));
      assertThat(limit.byDefault()).isBetween(limit.least(), limit.most());
      if (!limit.code().isEmpty()) {
        assertThat(
                Stream.concat(
                        Stream.of(Reason.values()).map(Enum::name),
                        Stream.of(ErrorCode.values()).map(Enum::name))
                    .toList())
            .contains(limit.code());
      }
    }
  }

  @Test
  void unknownFieldsThatAreRefusedAreToldBeforeTheirNumber() {
    Dataset strict = Declared.of(dataset.schema(), UnknownFields.QUARANTINE);
    Run run =
        Run.of(
            strict,
            folder,
            ConvertOptions.defaults().withLimits(Limits.defaults().with(Limit.OBJECT_FIELDS, 2)),
            "{\"u\":1,\"v\":1,\"w\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(run.reasons()).containsExactly(Reason.UNKNOWN_FIELD);
  }
}
