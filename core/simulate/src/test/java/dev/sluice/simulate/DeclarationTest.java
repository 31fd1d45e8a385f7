package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped declarations, their samples and the simulated records agree. */
class DeclarationTest {
  private static final Path DATASETS =
      Path.of(System.getProperty("sluice.root", "../..")).resolve("datasets");

  static List<String> names() {
    return Simulators.names();
  }

  private static Dataset load(String name) {
    return DatasetLoader.load(DATASETS.resolve(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyRecordFitsItsDeclarationOrFailsForTheReasonThatTheTruthNames(String name)
      throws IOException {
    SchemaCheck check = new SchemaCheck(load(name));
    Simulation simulation =
        Simulators.start(name, new SimulationOptions(20_000, 20_241_120, 0.25, 0.1));
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    Map<String, Long> partitions = new TreeMap<>();
    List<Map<String, @Nullable Object>> good = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    while (simulation.next(line)) {
      try {
        Map<String, @Nullable Object> fields = check.check(line.toString());
        partitions.merge(check.directory(fields), 1L, Long::sum);
        good.add(fields);
      } catch (SchemaCheck.Misfit e) {
        reasons.merge(e.reason, 1L, Long::sum);
      }
    }

    Truth truth = simulation.truth();
    assertThat(reasons).isEqualTo(truth.reasons());
    assertThat(partitions).isEqualTo(truth.partitions());
    assertThat((long) good.size()).isEqualTo(truth.good());
    assertThat(reasons.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(truth.bad());
    assertThat(truth.records()).isEqualTo(truth.good() + truth.bad()).isEqualTo(20_000);
    assertThat(Recount.answers(name, good)).isEqualTo(Recount.printed(truth.answers()));
  }

  /** Renew the samples with {@code ./mvnw -pl core/simulate -am test -Dsluice.renew=true}. */
  @ParameterizedTest
  @MethodSource("names")
  void theSampleIsWhatTheSimulatorBeginsWith(String name) throws Exception {
    Path sample = DATASETS.resolve(name).resolve("sample.ndjson");
    Simulation simulation = Simulators.start(name, SimulationOptions.defaults().withRecords(2_000));
    ByteArrayOutputStream simulated = new ByteArrayOutputStream();
    simulation.writeTo(simulated, 20);
    if (Boolean.getBoolean("sluice.renew")) {
      Files.write(sample, simulated.toByteArray());
    }
    assertThat(Files.readString(sample)).isEqualTo(simulated.toString(StandardCharsets.UTF_8));
    SchemaCheck check = new SchemaCheck(load(name));
    for (String line : Files.readAllLines(sample)) {
      check.check(line);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyFieldIsDocumented(String name) {
    List<String> undocumented = new ArrayList<>();
    undocumented(load(name).schema(), name, undocumented);
    assertThat(undocumented).isEmpty();
  }

  private static void undocumented(Type type, String path, List<String> found) {
    if (type instanceof ArrayType array) {
      undocumented(array.element(), path + "[]", found);
    } else if (type instanceof RecordType record) {
      for (Field field : record.fields()) {
        if (field.doc().isBlank()) {
          found.add(path + "." + field.name());
        }
        undocumented(field.type(), path + "." + field.name(), found);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyQueryIsDeclaredAndTheTruthAnswersSome(String name) throws IOException {
    Path folder = DATASETS.resolve(name);
    List<String> files;
    try (Stream<Path> paths = Files.list(folder.resolve("queries"))) {
      files = paths.map(path -> "queries/" + path.getFileName()).sorted().toList();
    }
    assertThat(load(name).queries()).containsExactlyInAnyOrderElementsOf(files);
    TreeSet<String> queries = new TreeSet<>();
    for (String file : files) {
      queries.add(file.substring("queries/".length(), file.length() - ".sql".length()));
      String sql = Files.readString(folder.resolve(file));
      assertThat(sql).contains("FROM silver." + name + "\n");
      Answer answer =
          Simulators.start(name, SimulationOptions.defaults())
              .truth()
              .answers()
              .getOrDefault(file.replaceAll(".*/|\\.sql$", ""), new Answer(List.of(), List.of()));
      // Every column of the answer is named in the SQL, in the same order.
      int at = sql.lastIndexOf("\nSELECT");
      for (String column : answer.columns()) {
        int next = sql.indexOf(column, at);
        assertThat(next).as("%s in %s", column, file).isPositive();
        at = next;
      }
    }
    Truth truth = Simulators.start(name, SimulationOptions.defaults()).truth();
    assertThat(truth.answers().keySet()).isNotEmpty().isSubsetOf(queries);
  }
}
