package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import dev.sluice.simulate.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoIT {
  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  @Test
  void theDemoAgreesWithTheTruth() {
    int code = sluice.run("demo", "--records", 400, "--bad", "0.1");

    assertThat(code).as(() -> sluice.out() + sluice.err()).isZero();
    assertThat(sluice.out())
        .contains("answers agree with the truth")
        .contains("sensors: average_by_location")
        .contains("every bad record is in quarantine, with its reason")
        .contains("the EMR step has completed")
        .contains("gold.click_funnel: funnel")
        .contains("gold.receipt_vendors: vendor_totals")
        .contains("gold.sensor_locations: average_by_location")
        .contains("gold.transaction_departments: department_totals")
        .doesNotContain("WRONG");
  }

  @Test
  void aLieIsFoundOutAndTold() {
    UnaryOperator<Truth> lie =
        truth ->
            truth.dataset().equals("receipts")
                ? new Truth(
                    truth.dataset(),
                    truth.seed(),
                    truth.records(),
                    truth.good() + 1,
                    truth.bad(),
                    truth.late(),
                    truth.reasons(),
                    truth.partitions(),
                    truth.answers())
                : truth;

    int code =
        execute(new DemoCommand(sluice.console(), lie), "--records", "200", "--no-jobs", "--json");

    assertThat(code).as(() -> sluice.out() + sluice.err()).isEqualTo(Main.FAILED);
    Map<String, ?> result = Json.parseObject(sluice.out());
    assertThat(result.get("agreed")).isEqualTo(false);
    assertThat(wrong(result))
        .containsOnlyKeys("every good record is in its table once", "the ledger's books balance")
        .hasEntrySatisfying(
            "every good record is in its table once",
            problem -> assertThat(problem).contains("instead of"));
  }

  @Test
  void aFolderThatHoldsSomethingIsRefused() throws IOException {
    Files.writeString(folder.resolve("something"), "");

    assertThat(sluice.run("demo", "--data", folder)).isEqualTo(Main.FAILED);

    assertThat(sluice.err()).contains("must be empty").contains(folder.toString());
  }

  private static int execute(DemoCommand command, String... args) {
    return new CommandLine(command).execute(args);
  }

  private static Map<String, String> wrong(Map<String, ?> result) {
    Map<String, String> problems = new LinkedHashMap<>();
    for (Object question : (List<?>) result.get("questions")) {
      Map<?, ?> each = (Map<?, ?>) question;
      if (each.get("agrees").equals(false)) {
        problems.put(each.get("question").toString(), each.get("problem").toString());
      }
    }
    return problems;
  }
}
