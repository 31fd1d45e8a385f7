package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.simulate.Answer;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Every declared query, asked over the Athena API, against plain Java over the same records. */
class QueryAnswersIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"), "datasets");
  private static final int RECORDS = 6_000;
  private static final long SEED = 20_261_121;

  @TempDir Path folder;

  @Test
  void everyQueryAnswersWhatPlainJavaFinds() throws Exception {
    NamedQueries queries = NamedQueries.load(ROOT, Datasets.load(ROOT));
    List<String> wrong = new ArrayList<>();
    TreeSet<String> answered = new TreeSet<>();
    try (LocalLake lake = LocalLake.start(new Recorder().console(), folder, 0, ROOT)) {
      Map<String, List<Asked>> known = new LinkedHashMap<>();
      known.put("sensors", SensorAnswers.all(upload(lake, "sensors")));
      known.put("receipts", ReceiptAnswers.all(upload(lake, "receipts")));
      known.put("transactions", TransactionAnswers.all(upload(lake, "transactions")));
      known.put("clickstream", ClickAnswers.all(upload(lake, "clickstream")));
      Lakes.awaitLedger(lake, known.size());
      try (Athena athena = new Athena(lake.aws())) {
        known.forEach((dataset, all) -> {
          for (Asked asked : all) {
            NamedQuery query = queries.get(dataset + "/" + asked.query());
            answered.add(query.name());
            assertThat(asked.answer()).as("%s is asked about something", query.name()).isNotEmpty();
            difference(athena, query, asked).ifPresent(wrong::add);
          }
        });
      }
    }
    assertThat(wrong).as("seed %d", SEED).isEmpty();
    assertThat(answered)
        .containsExactlyElementsOf(
            queries.all().stream()
                .filter(query -> !query.group().equals(NamedQueries.OPS))
                .map(NamedQuery::name)
                .toList());
  }

  private static java.util.Optional<String> difference(
      Athena athena, NamedQuery query, Asked asked) {
    try {
      Athena.Answer given = athena.query(query.positionalSql(), query.literals(asked.parameters()));
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (int r = 0; r < asked.answer().size(); r++) {
        List<@Nullable Object> row = new ArrayList<>(asked.answer().get(r));
        for (int c = 0; c < row.size(); c++) {
          if (row.get(c) instanceof Asked.Between between && r < given.rows().size()) {
            double value = Double.parseDouble(String.valueOf(given.rows().get(r).get(c)));
            boolean inside = value >= between.least() && value <= between.most();
            row.set(c, inside ? (Object) value : between.toString());
          }
        }
        expected.add(row);
      }
      return new Answer(given.columns(), expected)
          .difference(given.rows())
          .map(text -> query.name() + " " + asked.parameters() + ": " + text);
    } catch (Failure e) {
      return java.util.Optional.of(query.name() + ": " + e.getMessage());
    }
  }

  private static List<Asked.Fields> upload(LocalLake lake, String dataset) {
    Simulation simulation =
        Simulators.start(dataset, SimulationOptions.defaults().withRecords(RECORDS).withSeed(SEED));
    List<Asked.Fields> records = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder();
    while (simulation.next(line)) {
      records.add(Asked.Fields.parse(line.toString()));
      text.append(line).append('\n');
    }
    try (S3Client s3 = lake.aws().s3()) {
      s3.putObject(
          put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(dataset + "/all.json"),
          RequestBody.fromBytes(text.toString().getBytes(StandardCharsets.UTF_8)));
    }
    return records;
  }
}
