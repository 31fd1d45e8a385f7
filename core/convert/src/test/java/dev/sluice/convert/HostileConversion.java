package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Converts sources that are made to take memory, for tests in a small JVM of their own. Argument: a
 * folder. Prints a line {@code case=fates} for each.
 */
final class HostileConversion {
  private static final String GOOD = "{\"a\":[],\"m\":{}}\n";

  private HostileConversion() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    String wide =
        IntStream.range(0, 100)
            .mapToObj(i -> "{\"name\": \"c" + i + "\", \"type\": \"int\", \"default\": 7}")
            .collect(Collectors.joining(", "));
    Dataset elements =
        Declared.of(
            folder,
            Stream.of("a", "b", "c", "d")
                    .map(n ->
                        "{\"name\": \"%s\", \"default\": [], \"type\": {\"type\": \"array\",\"items\": {\"type\": \"record\", \"name\": \"W%s\", \"fields\": [%s]}}}"
                            .formatted(n, n, wide))
                    .collect(Collectors.joining(", "))
                + ", {\"name\": \"m\", \"type\": {\"type\": \"map\", \"values\": \"long\"}, \"default\": {}}"
                + ", {\"name\": \"s\", \"type\": [\"null\", \"string\"], \"default\": null}");
    Dataset columns =
        Declared.of(
            folder,
            IntStream.range(0, 1990)
                .mapToObj(i ->
                    "{\"name\": \"c" + i + "\", \"type\": [\"null\", \"long\"], \"default\": null}")
                .collect(Collectors.joining(", ")));

    run(folder, "emptyRecordsOfManyColumns", columns, List.of(repeated("{}\n", 30_000)));
    run(
        folder,
        "emptyElementsOfManyColumns",
        elements,
        List.of(
            repeated("{\"b\":[{}],\"c\":[{}],\"d\":[{},{}]}\n", 50_000),
            text("{\"a\":["),
            repeated("{},", 19_999),
            text("{}]}\n{\"b\":["),
            repeated("{},", 19_999),
            text("{}]}\n{\"c\":["),
            repeated("{},", 19_999),
            text("{}]}\n{\"a\":["),
            repeated("{},", 5_000_000),
            text("{}]}\n" + GOOD)));
    run(
        folder,
        "manyKeys",
        elements,
        List.of(
            text("{\"m\":{"),
            keys(1_000_000),
            text("\"x\":1}}\n{\"m\":{"),
            keys(99_000),
            text("\"x\":1}}\n{\"u\":{"),
            keys(1_000_000),
            text("\"x\":1}}\n" + GOOD)));
    run(
        folder,
        "longStrings",
        elements,
        List.of(
            text("{\"s\":\""),
            repeated("xyz ", 1 << 20),
            text("\"}\n{\"s\":\""),
            repeated("\\u00e9 \\n", 400_000),
            text("\"}\n{\"s\":\""),
            repeated("xyz ", 2 << 20),
            text("\"}\n{\"s\":\""),
            repeated("xyz ", 50 << 20),
            text("\"}\n" + GOOD)));
    run(
        folder,
        "deepAndLong",
        elements,
        List.of(
            text("{\"u\":"),
            repeated("[", 10_000_000),
            text("\n{\"u\":"),
            repeated("{\"a\":", 3_000_000),
            text("\n{\"u\":"),
            repeated("9", 15_000_000),
            text("}\n{\"a\":"),
            repeated("[", 100_000_000),
            text("\n" + GOOD)));
    run(
        folder,
        "neverClosed",
        elements,
        List.of(text("[\n{\"a\":\n"), repeated("[1,\n", 60_000_000)));
    run(folder, "nothingButBadLines", elements, List.of(repeated("x\n", 1_000_000)));
    run(folder, "spaces", elements, List.of(repeated("          \n", 20_000_000), text(GOOD)));
    run(folder, "noLineFeed", elements, List.of(repeated("{\"s\":\"x\"} ", 300_000)));
    csv(folder);
  }

  /** CSV that is made to take memory. */
  private static void csv(Path folder) throws IOException {
    Dataset dataset =
        Declared.of(
            folder, "{\"name\": \"s\", \"type\": [\"null\", \"string\"], \"default\": null}");
    run(
        folder,
        "emptyLines.csv",
        dataset,
        List.of(
            repeated("\n", 40_000_000), text("s\n"), repeated("\r\n", 20_000_000), text("a\n")));
    run(
        folder,
        "nothingButBadRows.csv",
        dataset,
        List.of(text("s\n"), repeated("\"x\"y\n", 1_000_000)));
    run(
        folder,
        "largeCell.csv",
        dataset,
        List.of(text("s\n"), repeated("x", 100_000_000), text("\na\n")));
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream keys(int count) {
    return new SequenceInputStream(
        new java.util.Enumeration<>() {
          private int next;

          @Override
          public boolean hasMoreElements() {
            return next < count;
          }

          @Override
          public InputStream nextElement() {
            return text("\"" + next++ + "\":1,");
          }
        });
  }

  private static InputStream repeated(String piece, int times) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return new InputStream() {
      private long left = (long) bytes.length * times;
      private int at;

      @Override
      public int read() {
        throw new UnsupportedOperationException("Read many bytes at a time");
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        int n = (int) Math.min(length, left);
        for (int i = 0; i < n; i++) {
          into[offset + i] = bytes[at];
          at = at + 1 == bytes.length ? 0 : at + 1;
        }
        left -= n;
        return n == 0 && length > 0 ? -1 : n;
      }
    };
  }

  private static void run(Path folder, String name, Dataset dataset, List<InputStream> parts)
      throws IOException {
    Map<String, Long> fates = new TreeMap<>();
    try {
      Conversion conversion =
          new Converter(dataset, ConvertOptions.defaults())
              .convert(
                  new Source(
                      name,
                      "",
                      name,
                      () -> new SequenceInputStream(Collections.enumeration(parts))),
                  folder.resolve("data"),
                  folder.resolve("quarantine"),
                  Progress.NONE);
      fates.put("WRITTEN", conversion.written());
      for (Map.Entry<Reason, Long> reason : conversion.reasons().entrySet()) {
        fates.put(reason.getKey().name(), reason.getValue());
      }
      if (conversion.read() != conversion.written() + conversion.quarantined()) {
        fates.put("LOST", conversion.read() - conversion.written() - conversion.quarantined());
      }
    } catch (SluiceException e) {
      fates.put(e.code().name(), 1L);
    }
    System.out.println(name + "=" + fates);
  }
}
