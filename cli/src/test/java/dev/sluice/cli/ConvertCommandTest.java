package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Visit", "fields": [
        {"name": "place", "type": "string"},
        {"name": "visitors", "type": "int"}]}
      """;

  @TempDir Path folder;

  private final Recorder sluice = new Recorder();
  private Path dataset;
  private Path in;
  private Path out;

  @BeforeEach
  void declare() throws IOException {
    dataset = Files.createDirectory(folder.resolve("visits"));
    Files.writeString(
        dataset.resolve("dataset.yaml"), "name: visits\nschema: schema.avsc\npartition: [place]\n");
    Files.writeString(dataset.resolve("schema.avsc"), SCHEMA);
    in = Files.createDirectory(folder.resolve("in"));
    out = folder.resolve("out");
  }

  @Test
  void everyPartitionOfEveryInputBecomesAFile() throws IOException {
    write("a.json", visit("park", 1), visit("zoo", 2), visit("park", 3));
    write("b.json", visit("zoo", 4));

    assertThat(convert(in)).isEqualTo(Main.OK);

    assertThat(sluice.out())
        .startsWith("visits: 2 inputs to " + out)
        .containsPattern("records read +4\n")
        .containsPattern("records written +4\n")
        .containsPattern("quarantined +0\n")
        .containsPattern("files +3  in 2 partitions\n");
    assertThat(sluice.err()).isEmpty();
    assertThat(files())
        .hasSize(3)
        .allMatch(file -> file.matches("place=(park|zoo)/[ab]-.*parquet"));
  }

  @Test
  void csvIsReadByItsNameOrWhenAsked() throws IOException {
    write("a.csv", "visitors,place", "1,park", "2,\"zoo\"", "many,zoo");
    write("b.json", visit("zoo", 4));
    write("c.tsv", "place\tvisitors", "park\t3");

    assertThat(convert(in, "--threads", "2")).isEqualTo(Main.QUARANTINED);

    assertThat(sluice.out())
        .containsPattern("records written +4\n")
        .containsPattern("TYPE_MISMATCH +1  line 4: .*visitors");
    assertThat(files())
        .hasSize(4)
        .anyMatch(file -> file.matches("place=park/a-.*parquet"))
        .anyMatch(file -> file.matches("place=park/c-.*parquet"));

    write("d.txt", "place,visitors", "park,5");
    assertThat(convert(in.resolve("d.txt"))).isEqualTo(Main.QUARANTINED);
    assertThat(convert(in.resolve("d.txt"), "--csv")).isEqualTo(Main.OK);
    assertThat(files()).hasSize(5);
  }

  @Test
  void csvWithoutAColumnOfTheSchemaIsRefused() throws IOException {
    write("a.csv", "park,1", "zoo,2");

    assertThat(convert(in)).isEqualTo(Main.FAILED);

    assertThat(sluice.err())
        .contains("no column is a field of the schema: park, 1: ")
        .contains("header: false");
  }

  @Test
  void filesDoNotDependOnTheNumberOfThreads() throws IOException {
    for (int i = 0; i < 5; i++) {
      write("s" + i + ".json", visit("park", i), "{nonsense", visit("zoo", i));
    }
    String[] many = new String[30_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = i % 100 == 0 ? "{\"place\": 1}" : visit("p" + i % 7, i);
    }
    write("large.json", many);

    assertThat(convert(in, "--threads", "1")).isEqualTo(Main.QUARANTINED);
    Map<String, Long> one = checksums();
    assertThat(convert(in, "--threads", "3")).isEqualTo(Main.QUARANTINED);
    assertThat(checksums()).isEqualTo(one).hasSizeGreaterThan(20);
    assertThat(convert(in.resolve("large.json"), "--threads", "2")).isEqualTo(Main.QUARANTINED);
    assertThat(checksums()).isEqualTo(one);
  }

  @Test
  void noThreadsAreRefused() {
    assertThat(convert(in, "--threads", "0")).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("--threads must be at least 1: 0");
  }

  @Test
  void badRecordsAreSetAsideAndTheExitCodeSaysSo() throws IOException {
    write("a.json", visit("park", 1), "{\"place\": \"park\"}", "{nonsense", visit("zoo", 2));

    assertThat(convert(in)).isEqualTo(Main.QUARANTINED);

    assertThat(sluice.out())
        .containsPattern("quarantined +2  50.0 %, in ")
        .containsPattern("MISSING_FIELD +1  line 2: .*visitors")
        .containsPattern("MALFORMED_JSON +1  line 3: ");
    List<String> lines = quarantine();
    assertThat(lines).hasSize(2);
    assertThat(Json.parseObject(lines.get(0)))
        .containsEntry("source", in.resolve("a.json").toString())
        .containsEntry("line", 2L)
        .containsEntry("reason", "MISSING_FIELD");
  }

  @Test
  void jsonIsOneObjectOnStandardOutput() throws IOException {
    write("a.json", visit("park", 1), "{nonsense");

    assertThat(convert(in, "--json")).isEqualTo(Main.QUARANTINED);

    assertThat(sluice.out().lines()).hasSize(1);
    Map<String, @org.jspecify.annotations.Nullable Object> summary = Json.parseObject(sluice.out());
    assertThat(summary)
        .containsEntry("read", 2L)
        .containsEntry("written", 1L)
        .containsEntry("quarantined", 1L)
        .containsEntry("files", 1L)
        .containsEntry("partitions", 1L)
        .containsEntry("bytes_in", Files.size(in.resolve("a.json")))
        .containsEntry("reasons", Map.of("MALFORMED_JSON", 1L))
        .containsKeys("bytes_out", "seconds");
    assertThat(sluice.err()).isEmpty();
  }

  @Test
  void convertingAgainReplacesWhatWasThereBefore() throws IOException {
    write("a.json", visit("park", 1), visit("zoo", 2), "{nonsense");
    convert(in);
    List<String> before = files();
    write("a.json", visit("park", 1));

    assertThat(convert(in)).isEqualTo(Main.OK);

    assertThat(before).hasSize(2);
    assertThat(files()).hasSize(1).isSubsetOf(before);
    assertThat(quarantine()).isEmpty();
  }

  @Test
  void anInputThatIsNoJsonTextIsToldAndTheOthersAreConverted() throws IOException {
    Files.write(in.resolve("a.json"), "{\"place\": 1}".getBytes(StandardCharsets.UTF_16));
    write("b.json", visit("park", 1));

    assertThat(convert(in)).isEqualTo(Main.FAILED);

    assertThat(sluice.err()).startsWith("sluice: Cannot ").contains("a.json");
    assertThat(files()).hasSize(1);
  }

  @Test
  void limitsAreSetByName() throws IOException {
    write("a.json", visit("park", 1), visit("a place with a long name", 2));
    write("b.json", visit("zoo", 1), visit("zoo", 2), visit("zoo", 3));

    assertThat(convert(in, "--limit", "string-bytes=10", "--limit", "records=2"))
        .isEqualTo(Main.FAILED);

    assertThat(sluice.out()).containsPattern("STRING_TOO_LONG +1  line 2: .*place");
    assertThat(sluice.err()).contains("b.json").contains("the limit records allows: 2");
    assertThat(files()).hasSize(1);

    assertThat(convert(in, "--limit", "strings=10")).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("unknown: strings (known are record-bytes, ");
  }

  @Test
  void aShippedDatasetIsKnownByItsName() {
    Path sample = sluice.console().root().resolve("datasets/sensors/sample.ndjson");

    assertThat(sluice.run("convert", "--dataset", "sensors", sample, "--out", out)).isZero();

    assertThat(sluice.out()).contains("sensors: 1 input");
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertThat(convert(folder.resolve("none"))).isEqualTo(Main.FAILED);
    assertThat(sluice.err())
        .isEqualTo(
            "sluice: Cannot convert a file: it does not exist: %s%n"
                .formatted(folder.resolve("none")));

    assertThat(sluice.run("convert", "--dataset", folder.resolve("no"), in, "--out", out))
        .isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("Cannot load a dataset: ");
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamed() throws IOException {
    write("a.json", visit("park", 1));
    Files.writeString(folder.resolve("file"), "");
    out = folder.resolve("file/out");

    assertThat(convert(in)).isEqualTo(Main.FAILED);

    assertThat(sluice.err())
        .startsWith("sluice: Cannot write to the output folder: ")
        .contains("--out");
  }

  @Test
  void aDeclarationThatMakesNoSenseIsRefusedWithItsProblems() throws IOException {
    Files.writeString(
        dataset.resolve("dataset.yaml"), "name: visits\nschema: schema.avsc\nkey: [x]\n");
    write("a.json", visit("park", 1));

    assertThat(convert(in)).isEqualTo(Main.FAILED);

    assertThat(sluice.err()).startsWith("sluice: Cannot load the dataset").contains("key");
  }

  private int convert(Path input, String... more) {
    Object[] args =
        Stream.concat(
                Stream.of("convert", "--dataset", dataset, input, "--out", out), Stream.of(more))
            .toArray();
    return sluice.run(args);
  }

  private void write(String name, String... lines) throws IOException {
    Files.writeString(in.resolve(name), String.join("\n", lines) + "\n");
  }

  private static String visit(String place, int visitors) {
    return "{\"place\": \"%s\", \"visitors\": %d}".formatted(place, visitors);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .map(file -> out.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private Map<String, Long> checksums() throws IOException {
    Map<String, Long> checksums = new TreeMap<>();
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        CRC32 crc = new CRC32();
        crc.update(Files.readAllBytes(file));
        checksums.put(out.relativize(file).toString(), crc.getValue());
      }
    }
    return checksums;
  }

  private List<String> quarantine() throws IOException {
    Path place = out.resolve("_quarantine");
    if (!Files.exists(place)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(place)) {
      return files
          .flatMap(file -> {
            try {
              return Files.readAllLines(file).stream();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          })
          .toList();
    }
  }
}
