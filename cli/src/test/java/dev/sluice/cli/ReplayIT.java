package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LakeSettings;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records are refused, the declaration is changed, and they are replayed, on a real lake. */
class ReplayIT {
  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  @Test
  void whatFitsTheChangedDeclarationMovesFromQuarantineToItsTable() throws Exception {
    declare(0);
    Path upload =
        Files.writeString(
            folder.resolve("a.ndjson"),
            """
            {"place": "park", "visitors": 3}
            {"place": "zoo", "visitors": -4}
            {"place": "pool", "visitors": -40}
            {"place": "lost"
            """);
    try (LocalLake lake =
        LocalLake.start(
            sluice.console(),
            folder.resolve("data"),
            0,
            folder.resolve("datasets"),
            LakeSettings.DEFAULT_STEP_HEAP_MIB,
            Limits.parse("string-bytes=20"))) {
      new S3Location("sluice-raw", "visits/a.ndjson").upload(lake.aws(), upload);
      LedgerEntry entry = Lakes.awaitLedger(lake, 1).get(0);
      assertThat(entry.recordsQuarantined()).isEqualTo(3);
      sluice.environment("AWS_ENDPOINT_URL", lake.aws().address());

      assertThat(run("quarantine")).as(sluice::err).isZero();
      assertThat(sluice.out())
          .contains("RULE_VIOLATED", "visitors", "s3://sluice-raw/visits/a.ndjson line 2")
          .contains("3 records in quarantine, of 1 objects.")
          .doesNotContain("zoo");
      assertThat(run("quarantine", "--reason", "RULE_VIOLATED", "--raw")).isZero();
      assertThat(sluice.out()).contains("zoo").contains("2 records").doesNotContain("MALFORMED");

      declare(-10);
      assertThat(run("replay", "--dry-run")).as(sluice::err).isZero();
      assertThat(sluice.out()).contains("would move to their table");
      assertThat(run("replay", "--json")).as(sluice::err).isZero();
      assertThat(Json.parseObject(sluice.out()))
          .containsEntry("action", "REPLAYED")
          .containsEntry("tried", 2L)
          .containsEntry("moved", 1L);
      assertThat(run("replay", "--json")).isZero();
      assertThat(Json.parseObject(sluice.out())).containsEntry("action", "UNCHANGED");

      assertThat(query("SELECT place, count(*) FROM silver.visits GROUP BY 1 ORDER BY 1"))
          .containsExactly("park,1", "zoo,1");
      assertThat(query("SELECT line FROM ops.quarantine WHERE dataset = 'visits' ORDER BY 1"))
          .containsExactly("3", "4");
      assertThat(
              query(
                  "SELECT records_read, records_written, records_quarantined, generation"
                      + " FROM ops.ledger WHERE dataset = 'visits'"))
          .containsExactly("4,2,2,1");

      assertThat(run("replay", "--whole", "--reason", "RULE_VIOLATED")).isEqualTo(Main.USAGE);
      assertThat(run("replay", "--whole", "--json")).as(sluice::err).isZero();
      assertThat(Json.parseObject(sluice.out()))
          .containsEntry("action", "REPLAYED")
          .containsEntry("tried", 4L)
          .containsEntry("moved", 2L);
      assertThat(query("SELECT place, count(*) FROM silver.visits GROUP BY 1 ORDER BY 1"))
          .containsExactly("park,1", "zoo,1");

      new S3Location("sluice-raw", "shows/b.ndjson").upload(lake.aws(), upload);
      Lakes.awaitLedger(lake, 2);
      declare("shows", 0);
      assertThat(
              sluice.run(
                  "replay",
                  "--whole",
                  "--dataset",
                  "shows",
                  "--datasets",
                  folder.resolve("datasets")))
          .as(sluice::err)
          .isZero();
      assertThat(sluice.out()).contains("in their table").contains("1 objects, 1 changed.");
      assertThat(Lakes.awaitLedger(lake, 2))
          .filteredOn(e -> e.sourceKey().equals("shows/b.ndjson"))
          .singleElement()
          .satisfies(e -> {
            assertThat(e.dataset()).isEqualTo("shows");
            assertThat(e.recordsRead()).isEqualTo(4);
            assertThat(e.recordsWritten()).isEqualTo(1);
          });

      // What is refused by a limit of the lake is not let in by another one of the command.
      Path longer =
          Files.writeString(
              folder.resolve("c.ndjson"),
              "{\"place\": \"a place of many words\", \"visitors\": 1}");
      new S3Location("sluice-raw", "visits/c.ndjson").upload(lake.aws(), longer);
      Lakes.awaitLedger(lake, 3);
      assertThat(run("quarantine", "--reason", "STRING_TOO_LONG")).as(sluice::err).isZero();
      assertThat(sluice.out()).contains("1 records");
      for (String how : List.of("--dry-run", "--whole")) {
        assertThat(run("replay", "--json", "--object", "visits/c.ndjson", how))
            .as(sluice::err)
            .isZero();
        assertThat(Json.parseObject(sluice.out()))
            .containsEntry("left", Map.of("STRING_TOO_LONG", 1L))
            .containsEntry("moved", 0L);
      }
    }
  }

  @Test
  void anUnknownDatasetIsNamed() throws IOException {
    declare(0);

    assertThat(
            sluice.run(
                "replay",
                "--dataset",
                "visit",
                "--datasets",
                folder.resolve("datasets"),
                "--endpoint",
                "aws"))
        .isEqualTo(Main.FAILED);
    assertThat(sluice.err()).contains("Did you mean 'visits'?");
  }

  private int run(String command, String... options) {
    Object[] words = new Object[options.length + 5];
    words[0] = command;
    words[1] = "--dataset";
    words[2] = "visits";
    words[3] = "--datasets";
    words[4] = folder.resolve("datasets");
    System.arraycopy(options, 0, words, 5, options.length);
    return sluice.run(words);
  }

  private Iterable<String> query(String statement) {
    assertThat(sluice.run("sql", "--format", "csv", statement)).as(sluice::err).isZero();
    return sluice.out().lines().skip(1).toList();
  }

  private void declare(int least) throws IOException {
    declare("visits", least);
  }

  private void declare(String name, int least) throws IOException {
    Path visits = Files.createDirectories(folder.resolve("datasets").resolve(name));
    Files.writeString(
        visits.resolve("dataset.yaml"),
        """
        name: %s
        schema: schema.avsc
        quality:
          - {field: visitors, min: %d}
        """
            .formatted(name, least));
    Files.writeString(
        visits.resolve("schema.avsc"),
        """
        {"type": "record", "name": "Visit", "fields": [
          {"name": "place", "type": "string"},
          {"name": "visitors", "type": "long"}
        ]}
        """);
  }
}
