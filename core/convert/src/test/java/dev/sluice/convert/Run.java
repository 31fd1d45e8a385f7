package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One conversion and what came of it. Whatever is converted, the figures add up, the files hold
 * what the figures say, no temporary file is left, and each quarantined record leads back to its
 * text in the source.
 */
final class Run {
  final Dataset dataset;
  final Conversion conversion;
  final Path data;

  /** The records of the quarantine, in the order of the source. */
  final List<Refused> refused;

  /** A line of the quarantine. */
  record Refused(
      Reason reason, String field, String rule, long line, long offset, long length, byte[] raw) {
    String text() {
      return new String(raw, StandardCharsets.UTF_8);
    }
  }

  private Run(Dataset dataset, Conversion conversion, Path data, List<Refused> refused) {
    this.dataset = dataset;
    this.conversion = conversion;
    this.data = data;
    this.refused = refused;
  }

  static Run of(Dataset dataset, Path folder, String text) {
    return of(dataset, folder, ConvertOptions.defaults(), text.getBytes(StandardCharsets.UTF_8));
  }

  static Run of(Dataset dataset, Path folder, byte[] text) {
    return of(dataset, folder, ConvertOptions.defaults(), text);
  }

  static Run of(Dataset dataset, Path folder, ConvertOptions options, byte[] text) {
    return of(dataset, folder, options, () -> new ByteArrayInputStream(text), text);
  }

  /**
   * @param decoded the source without compression, or null when it is damaged
   */
  static Run of(
      Dataset dataset, Path folder, ConvertOptions options, Source.Content stored, byte[] decoded) {
    return of(new Converter(dataset, options), dataset, folder, stored, decoded);
  }

  static Run of(
      Converter converter, Dataset dataset, Path folder, Source.Content stored, byte[] decoded) {
    try {
      Path home = Files.createTempDirectory(folder, "run");
      Path data = home.resolve("data");
      Path quarantine = home.resolve("quarantine");
      Conversion conversion =
          converter.convert(
              new Source("memory", "v1", "stem", stored), data, quarantine, Progress.NONE);
      Run run = new Run(dataset, conversion, data, read(conversion));
      run.check(home, decoded);
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Refused> read(Conversion conversion) throws IOException {
    List<Refused> refused = new ArrayList<>();
    if (conversion.quarantine().isPresent()) {
      for (String line : Files.readAllLines(conversion.quarantine().get())) {
        Map<String, Object> json = Json.parseObject(line);
        String raw = (String) json.get("raw");
        refused.add(
            new Refused(
                Reason.valueOf((String) json.get("reason")),
                (String) json.get("field"),
                (String) json.get("rule"),
                (Long) json.get("line"),
                (Long) json.get("byte_offset"),
                (Long) json.get("byte_length"),
                Boolean.TRUE.equals(json.get("raw_base64"))
                    ? Base64.getDecoder().decode(raw)
                    : raw.getBytes(StandardCharsets.UTF_8)));
        if (Boolean.FALSE.equals(json.get("raw_truncated"))) {
          Refused last = refused.get(refused.size() - 1);
          assertThat((long) last.raw().length).isEqualTo(last.length());
        }
      }
    }
    refused.sort(java.util.Comparator.comparingLong(Refused::offset));
    return refused;
  }

  private void check(Path home, byte[] decoded) throws IOException {
    assertThat(conversion.read()).isEqualTo(conversion.written() + conversion.quarantined());
    assertThat(refused).hasSize((int) conversion.quarantined());
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    refused.forEach(r -> reasons.merge(r.reason(), 1L, Long::sum));
    assertThat(conversion.reasons()).isEqualTo(reasons);
    assertThat(conversion.written())
        .isEqualTo(conversion.files().stream().mapToLong(DataFile::rows).sum());
    try (Stream<Path> all = Files.walk(home)) {
      List<Path> expected =
          new ArrayList<>(conversion.files().stream().map(DataFile::path).toList());
      conversion.quarantine().ifPresent(expected::add);
      assertThat(all.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(expected);
    }
    for (DataFile file : conversion.files()) {
      assertThat(file.bytes()).isEqualTo(Files.size(file.path()));
      assertThat(file.path().getParent())
          .isEqualTo(file.directory().isEmpty() ? data : data.resolve(file.directory()));
    }
    if (decoded != null) {
      long line = 1;
      int counted = 0;
      for (Refused bad : refused) {
        int at = (int) bad.offset();
        assertThat(bad.raw())
            .as("the source at %s", bad.offset())
            .isEqualTo(Arrays.copyOfRange(decoded, at, at + bad.raw().length));
        for (; counted < at; counted++) {
          line += decoded[counted] == '\n' ? 1 : 0;
        }
        assertThat(bad.line()).as("the line of byte %s", bad.offset()).isEqualTo(line);
      }
    }
  }

  /** Fails with the first element that differs, and no more: the lists are long. */
  static void same(String what, List<?> actual, List<?> expected) {
    for (int i = 0; i < Math.max(actual.size(), expected.size()); i++) {
      Object a = i < actual.size() ? actual.get(i) : "(nothing)";
      Object b = i < expected.size() ? expected.get(i) : "(nothing)";
      if (!a.equals(b)) {
        throw new AssertionError(
            what + " " + i + "\nexpected: " + shorten(b) + "\nbut was:  " + shorten(a));
      }
    }
  }

  private static String shorten(Object value) {
    String text = String.valueOf(value);
    return text.length() < 2_000 ? text : text.substring(0, 2_000) + "…";
  }

  /** All rows through parquet-java, file by file. */
  List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (DataFile file : conversion.files()) {
      rows.addAll(Readers.parquetJava(dataset.schema(), file.path()));
    }
    return rows;
  }

  /** The values of one column of all rows. */
  List<Object> column(String name) {
    List<Object> values = new ArrayList<>();
    rows().forEach(row -> values.add(row.get(name)));
    return values;
  }

  List<Reason> reasons() {
    return refused.stream().map(Refused::reason).toList();
  }
}
