package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.ParameterType;
import dev.sluice.model.query.QueryParameter;
import dev.sluice.model.query.Views;
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
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Every declared query and view, asked over the Athena API, against plain Java over the same
 * records.
 */
class QueryAnswersIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"), "datasets");
  private static final int RECORDS = 6_000;
  private static final long SEED = 20_261_121;

  /** A day in the midst of what is simulated. */
  private static final Map<String, String> MIDDLE =
      Map.of("sensors", "2024-01-17", "transactions", "2024-04-05", "clickstream", "2024-03-07");

  @TempDir Path folder;

  @Test
  void everyQueryAndViewAnswersWhatPlainJavaFindsAndReadsOnlyItsPartitions() throws Exception {
    NamedQueries queries = NamedQueries.load(ROOT, Datasets.load(ROOT));
    List<String> wrong = new ArrayList<>();
    TreeSet<String> answered = new TreeSet<>();
    try (LocalLake lake = LocalLake.start(new Recorder().console(), folder, 0, ROOT)) {
      Map<String, List<Asked.Fields>> records = new LinkedHashMap<>();
      for (String dataset : List.of("sensors", "receipts", "transactions", "clickstream")) {
        records.put(dataset, upload(lake, dataset));
      }
      Map<String, List<Asked>> known = new LinkedHashMap<>();
      known.put("sensors", SensorAnswers.all(records.get("sensors")));
      known.put("receipts", ReceiptAnswers.all(records.get("receipts")));
      known.put("transactions", TransactionAnswers.all(records.get("transactions")));
      known.put("clickstream", ClickAnswers.all(records.get("clickstream")));
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
        for (NamedQuery query : queries.all()) {
          wrong.addAll(unpruned(athena, query));
        }
        wrong.addAll(views(athena, ViewAnswers.all(records)));
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

  /** What the declared views hold other than they should. */
  private static List<String> views(
      Athena athena, Map<String, List<List<@Nullable Object>>> expected) {
    List<String> wrong = new ArrayList<>();
    List<ViewDefinition> declared = Views.load(ROOT, Datasets.load(ROOT));
    assertThat(declared)
        .extracting(ViewDefinition::name)
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (ViewDefinition view : declared) {
      String name = view.database() + "." + view.name();
      List<String> columns = view.columns().stream().map(Column::name).toList();
      try {
        Athena.Answer given = athena.query("SELECT * FROM " + name + " ORDER BY 1, 2, 3");
        assertThat(given.columns()).as(name).isEqualTo(columns);
        new Answer(columns, expected.get(view.name()))
            .difference(given.rows())
            .ifPresent(text -> wrong.add(name + ": " + text));
      } catch (Failure e) {
        wrong.add(name + ": " + e.getMessage());
      }
    }
    return wrong;
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

  /** What a query reads beside the partitions that its parameters name. */
  private static List<String> unpruned(Athena athena, NamedQuery query) {
    Map<String, String> one = new LinkedHashMap<>();
    Map<String, Set<String>> expected = new LinkedHashMap<>();
    for (QueryParameter parameter : query.parameters()) {
      switch (parameter.name()) {
        case "from", "to", "day" -> {
          if (parameter.type() == ParameterType.DAY && !query.group().equals(NamedQueries.OPS)) {
            one.put(parameter.name(), MIDDLE.get(query.group()));
            expected.put("day", Set.of(MIDDLE.get(query.group())));
          }
        }
        case "location", "year" -> expected.put(parameter.name(), Set.of(parameter.defaultValue()));
        default -> {}
      }
    }
    if (expected.isEmpty()) {
      assertThat(query.group().equals(NamedQueries.OPS) || query.description().contains("every"))
          .as("%s says that it reads everything", query.name())
          .isTrue();
      return List.of();
    }
    // Trino explains no statement with question marks.
    String sql = query.sql();
    for (QueryParameter parameter : query.parameters()) {
      String value = one.getOrDefault(parameter.name(), parameter.defaultValue());
      sql =
          sql.replaceAll(
              ":" + parameter.name() + "\\b", parameter.type().literal(value).orElseThrow());
    }
    StringBuilder plan = new StringBuilder();
    athena
        // Nor a LIMIT that is more than digits.
        .query(
            "EXPLAIN (TYPE IO, FORMAT JSON) " + sql.replaceAll("LIMIT BIGINT '(\\d+)'", "LIMIT $1"))
        .rows()
        .forEach(line -> plan.append(line.getFirst()).append('\n'));
    List<String> wrong = new ArrayList<>();
    List<Asked.Fields> scans =
        new Asked.Fields(Json.parseObject(plan.toString())).records("inputTableColumnInfos");
    assertThat(scans).as(query.name()).isNotEmpty();
    for (Asked.Fields scan : scans) {
      Map<String, Set<String>> read = new LinkedHashMap<>();
      for (Asked.Fields column : scan.records("constraint.columnConstraints")) {
        if (!expected.containsKey(column.text("columnName"))) {
          continue;
        }
        Set<String> values = new TreeSet<>();
        for (Asked.Fields range : column.records("domain.ranges")) {
          values.add(range.text("low.value"));
          values.add(range.text("high.value"));
        }
        read.put(column.text("columnName"), values);
      }
      expected.forEach((column, values) -> {
        if (!values.equals(read.get(column))) {
          wrong.add(query.name() + " reads of " + column + ": " + read.get(column));
        }
      });
    }
    return wrong;
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
