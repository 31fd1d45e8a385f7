package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.simulate.Answer;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import dev.sluice.simulate.Truth;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.PreparedStatementSummary;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.Row;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The questions about the lake itself, against what the simulators know of the records that they
 * gave, and plain Java over the ledger's entries as S3 has them.
 */
class OpsAnswersIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"), "datasets");
  private static final int RECORDS = 3_000;
  private static final long SEED = 20_261_121;
  private static final String STRAY = "nowhere/a.json";

  @TempDir static Path folder;
  private static LocalLake lake;
  private static Athena athena;
  private static NamedQueries queries;
  private static final Map<String, Truth> TRUTHS = new TreeMap<>();
  private static final Map<String, Long> UPLOADED = new TreeMap<>();
  private static List<LedgerEntry> loaded = List.of();
  private static List<LedgerEntry> refused = List.of();

  @BeforeAll
  static void start() throws Exception {
    lake = LocalLake.start(new Recorder().console(), folder.resolve("lake"), 0, ROOT);
    athena = new Athena(lake.aws());
    Datasets datasets = Datasets.load(ROOT);
    queries = NamedQueries.load(ROOT, datasets);
    for (String dataset : List.of("sensors", "receipts", "transactions", "clickstream")) {
      Simulation simulation =
          Simulators.start(
              dataset,
              SimulationOptions.defaults().withRecords(RECORDS).withSeed(SEED).withBadRate(0.02));
      StringBuilder text = new StringBuilder();
      StringBuilder line = new StringBuilder();
      while (simulation.next(line)) {
        text.append(line).append('\n');
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      TRUTHS.put(dataset, simulation.truth());
      UPLOADED.put(dataset, (long) bytes.length);
      put(dataset + "/all.json", bytes);
    }
    put(STRAY, "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    List<LedgerEntry> entries = Lakes.awaitLedger(lake, TRUTHS.size() + 1);
    loaded =
        entries.stream()
            .filter(entry -> entry.status().loaded())
            .sorted(Comparator.comparing(LedgerEntry::dataset))
            .toList();
    refused = entries.stream().filter(entry -> !entry.status().loaded()).toList();
    assertThat(loaded).hasSize(TRUTHS.size());
    assertThat(refused).hasSize(1);
  }

  private static void put(String key, byte[] bytes) {
    try (S3Client s3 = lake.aws().s3()) {
      s3.putObject(
          put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(key), RequestBody.fromBytes(bytes));
    }
  }

  @AfterAll
  static void stop() {
    athena.close();
    lake.close();
  }

  private static Athena.Answer ask(String query) {
    NamedQuery named = queries.get("ops/" + query);
    return athena.query(named.positionalSql(), named.literals(Map.of()));
  }

  private static void assertAnswer(String query, List<List<@Nullable Object>> expected) {
    Athena.Answer given = ask(query);
    assertThat(new Answer(given.columns(), expected).difference(given.rows()))
        .as("%s, seed %d: %s", query, SEED, given.rows())
        .isEmpty();
  }

  private static LocalDate day(LedgerEntry entry) {
    return entry.eventTime().orElseThrow().atZone(ZoneOffset.UTC).toLocalDate();
  }

  private static Truth truth(LedgerEntry entry) {
    return Objects.requireNonNull(TRUTHS.get(entry.dataset()));
  }

  @Test
  void whatIsInQuarantineIsWhatTheSimulatorsMadeBad() {
    Map<String, Map<String, Long>> expected = new TreeMap<>();
    TRUTHS.forEach((dataset, truth) -> {
      Map<String, Long> reasons = new TreeMap<>();
      for (Map.Entry<Reason, Long> each : truth.reasons().entrySet()) {
        reasons.put(each.getKey().name(), each.getValue());
      }
      expected.put(dataset, reasons);
    });
    Map<String, Map<String, Long>> found = new TreeMap<>();
    for (List<@Nullable String> row : ask("quarantine_reasons").rows()) {
      found
          .computeIfAbsent(Objects.requireNonNull(row.get(0)), dataset -> new TreeMap<>())
          .merge(
              Objects.requireNonNull(row.get(1)),
              Long.parseLong(Objects.requireNonNull(row.get(4))),
              Long::sum);
      assertThat(row.get(5)).as("sources").isEqualTo("1");
      assertThat(row.get(7)).isEqualTo("s3://sluice-raw/" + row.get(0) + "/all.json");
    }
    assertThat(found).isEqualTo(expected);
    assertThat(expected.get("sensors")).isNotEmpty();
  }

  @Test
  void whatCameInIsWhatWasSimulated() {
    assertAnswer(
        "volume_by_day",
        rows(
            Comparator.comparing(OpsAnswersIT::day).reversed().thenComparing(LedgerEntry::dataset),
            entry ->
                Arrays.asList(
                    day(entry).toString(),
                    entry.dataset(),
                    1L,
                    truth(entry).records(),
                    truth(entry).good(),
                    truth(entry).bad(),
                    (double) truth(entry).bad() / truth(entry).records(),
                    UPLOADED.get(entry.dataset()),
                    entry.bytesOut())));
  }

  private static List<List<@Nullable Object>> rows(
      Comparator<LedgerEntry> order, Function<LedgerEntry, List<@Nullable Object>> row) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    loaded.stream().sorted(order).forEach(entry -> rows.add(row.apply(entry)));
    return rows;
  }

  @Test
  void theBooksBalance() {
    assertThat(ask("unbalanced").rows()).isEmpty();
    assertThat(loaded)
        .allSatisfy(entry -> {
          assertThat(entry.recordsWritten()).isEqualTo(truth(entry).good());
          assertThat(entry.recordsQuarantined()).isEqualTo(truth(entry).bad());
        });
  }

  @Test
  void whatWasRefusedIsNamedWithItsReason() {
    LedgerEntry entry = refused.getFirst();
    Athena.Answer given = ask("refused");
    assertThat(given.rows()).hasSize(1);
    assertThat(given.rows().getFirst().subList(0, 4))
        .containsExactly("_unknown", "sluice-raw", STRAY, "7");
    assertThat(given.rows().getFirst().get(5)).isEqualTo(entry.reasonCode()).isNotEmpty();
    assertThat(given.rows().getFirst().get(6)).isEqualTo(entry.message());
  }

  @Test
  void howLateDataIsIsTheTimeFromEventToEntry() {
    assertAnswer(
        "ingest_lag",
        rows(
            Comparator.comparing(OpsAnswersIT::day).reversed().thenComparing(LedgerEntry::dataset),
            entry -> {
              double seconds =
                  Duration.between(
                              entry.eventTime().orElseThrow(),
                              entry.startedAt().plus(entry.duration()))
                          .toMillis()
                      / 1000.0;
              return Arrays.asList(
                  entry.dataset(), day(entry).toString(), 1L, seconds, seconds, seconds);
            }));
  }

  @Test
  void smallFilesAreCounted() {
    assertAnswer(
        "small_files",
        rows(
            Comparator.<LedgerEntry>comparingInt(entry -> entry.files().size())
                .reversed()
                .thenComparing(LedgerEntry::dataset),
            entry -> {
              long bytes = entry.files().stream().mapToLong(file -> file.bytes()).sum();
              Map<String, Long> partitions =
                  entry.files().stream()
                      .collect(
                          Collectors.groupingBy(
                              file -> file.partition(), TreeMap::new, Collectors.counting()));
              String fullest =
                  partitions.entrySet().stream()
                      .max(
                          Map.Entry.<String, Long>comparingByValue()
                              .thenComparing(Map.Entry.comparingByKey()))
                      .orElseThrow()
                      .getKey();
              return Arrays.asList(
                  entry.dataset(),
                  (long) entry.files().size(),
                  (long) entry.files().size(),
                  BigDecimal.valueOf(bytes)
                      .divide(BigDecimal.valueOf(entry.files().size()), 0, RoundingMode.HALF_UP)
                      .longValueExact(),
                  bytes,
                  fullest);
            }));
  }

  @Test
  void aDatasetCostsWhatItsWorkCosts() {
    assertAnswer(
        "cost_per_dataset",
        rows(
            Comparator.comparingDouble(OpsAnswersIT::loading)
                .reversed()
                .thenComparing(LedgerEntry::dataset),
            entry ->
                Arrays.asList(
                    entry.dataset(),
                    1L,
                    UPLOADED.get(entry.dataset()),
                    entry.bytesOut(),
                    function(entry),
                    requests(entry),
                    1.4e-6,
                    loading(entry),
                    0.023 * (entry.bytesIn() + entry.bytesOut()) / 1e9)));
  }

  private static double function(LedgerEntry entry) {
    return entry.duration().toMillis() * 1e-3 * 1769 / 1024 * 0.0000133334;
  }

  private static double requests(LedgerEntry entry) {
    int puts = 5 + entry.files().size() + (entry.quarantineKey().isEmpty() ? 0 : 1);
    return puts * 0.000005 + 5 * 0.0000004;
  }

  private static double loading(LedgerEntry entry) {
    return function(entry) + requests(entry) + 1.4e-6;
  }

  /** As on AWS: each declared query is prepared in the workgroup of people. */
  @Test
  void aPreparedStatementIsRunByItsName() throws InterruptedException {
    try (AthenaClient client = lake.aws().athena()) {
      List<String> names = new ArrayList<>();
      client
          .listPreparedStatementsPaginator(list -> list.workGroup("sluice"))
          .forEach(page ->
              names.addAll(
                  page.preparedStatements().stream()
                      .map(PreparedStatementSummary::statementName)
                      .toList()));
      assertThat(names)
          .containsExactlyInAnyOrderElementsOf(
              queries.all().stream().map(NamedQuery::statementName).toList());
      NamedQuery query = queries.get("sensors/average_by_location");
      List<String> literals = query.literals(Map.of());
      String id =
          client
              .startQueryExecution(start ->
                  start
                      .workGroup("sluice")
                      .queryString(
                          "EXECUTE sensors_average_by_location"
                              + (literals.isEmpty()
                                  ? ""
                                  : " USING " + String.join(", ", literals))))
              .queryExecutionId();
      QueryExecutionState state;
      do {
        Thread.sleep(50);
        state =
            client
                .getQueryExecution(get -> get.queryExecutionId(id))
                .queryExecution()
                .status()
                .state();
      } while (state == QueryExecutionState.QUEUED || state == QueryExecutionState.RUNNING);
      assertThat(state).isEqualTo(QueryExecutionState.SUCCEEDED);
      List<Row> rows = client.getQueryResults(get -> get.queryExecutionId(id)).resultSet().rows();
      assertThat(rows.stream().skip(1).map(row -> row.data().getFirst().varCharValue()))
          .containsExactlyElementsOf(
              athena.query(query.positionalSql(), literals).rows().stream()
                  .map(List::getFirst)
                  .toList());
    }
  }
}
