package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

@NeedsNode
class OperationsIT {
  private static final Registry REGISTRY = Registry.standard();

  @Test
  void everyQueueAndFunctionIsWatched() {
    Set<String> expected =
        new LinkedHashSet<>(
            List.of(
                "sluice-rejected",
                "sluice-quarantine",
                "sluice-audit-unannounced",
                "sluice-audit-unbalanced",
                "sluice-audit-missing",
                "sluice-audit-incomplete",
                "sluice-jobs-failed",
                "sluice-jobs-missed"));
    for (QueueSpec queue : REGISTRY.queues()) {
      expected.add("sluice-deadletters-" + queue.name());
      expected.add("sluice-late-" + queue.name());
    }
    for (FunctionSpec function : REGISTRY.functions()) {
      expected.add("sluice-errors-" + function.name());
      expected.add("sluice-throttles-" + function.name());
    }
    REGISTRY.schedules().forEach(schedule -> expected.add("sluice-silent-" + schedule.function()));
    assertThat(Synthesis.small().resources("AWS::CloudWatch::Alarm"))
        .extracting(alarm -> String.valueOf(alarm.at("AlarmName")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void everyAlarmSaysSoAndSaysWhenItIsOver() {
    assertThat(Synthesis.small().resources("AWS::CloudWatch::Alarm"))
        .allSatisfy(alarm -> {
          assertThat((List<?>) alarm.at("AlarmActions")).hasSize(1);
          assertThat(alarm.at("OKActions")).isEqualTo(alarm.at("AlarmActions"));
          assertThat(alarm.at("TreatMissingData"))
              .isEqualTo(
                  String.valueOf(alarm.at("AlarmName")).startsWith("sluice-silent-")
                      ? "breaching"
                      : "notBreaching");
        });
  }

  @Test
  void whatIsCalledByAScheduleIsMissedAfterThreeOfItsTimes() {
    for (ScheduleSpec schedule : REGISTRY.schedules()) {
      Synthesis.Resource alarm =
          Synthesis.small()
              .resource(
                  "AWS::CloudWatch::Alarm", "AlarmName", "sluice-silent-" + schedule.function());
      assertThat(alarm.at("MetricName")).isEqualTo("Invocations");
      assertThat(alarm.at("Period")).isEqualTo(schedule.rate().toSeconds());
      assertThat(alarm.at("EvaluationPeriods")).isEqualTo(3L);
      assertThat(alarm.at("Threshold")).isEqualTo(1L);
      assertThat(alarm.at("ComparisonOperator")).isEqualTo("LessThanThreshold");
    }
  }

  @Test
  void theDashboardShowsEveryDatasetOnEachOfItsGraphs() {
    Synthesis.Resource dashboard =
        Synthesis.shipped().resources("AWS::CloudWatch::Dashboard").get(0);
    Intrinsics intrinsics = new Intrinsics(Synthesis.shipped());
    Map<?, ?> body =
        Json.parseObject(
            String.valueOf(intrinsics.resolve(dashboard, dashboard.at("DashboardBody"))));
    for (String title :
        List.of("Uploads loaded", "Records in tables", "Bytes uploaded", "Records set aside")) {
      Object metrics =
          ((List<?>) body.get("widgets"))
              .stream()
                  .map(widget -> (Map<?, ?>) ((Map<?, ?>) widget).get("properties"))
                  .filter(widget -> title.equals(widget.get("title")))
                  .findFirst()
                  .orElseThrow()
                  .get("metrics");
      assertThat((List<?>) metrics)
          .map(metric -> ((List<?>) metric).get(3))
          .isEqualTo(List.of("clickstream", "receipts", "sensors", "transactions"));
    }
  }

  @Test
  void metricsAreTakenFromActionsAndFieldsThatIngestLogs() throws IOException {
    String log =
        Files.readString(
                Synthesis.ROOT.resolve("functions/ingest/src/main/java/dev/sluice/ingest/Log.java"))
            + Files.readString(
                Synthesis.ROOT.resolve("core/books/src/main/java/dev/sluice/books/Outcome.java"));
    assertThat(Synthesis.small().resources("AWS::Logs::MetricFilter"))
        .isNotEmpty()
        .allSatisfy(filter -> {
          String pattern = String.valueOf(filter.at("FilterPattern"));
          assertThat(log)
              .containsPattern("\\b" + pattern.replaceFirst(".*\"(.*)\".*", "$1") + "\\b");
          String value = String.valueOf(filter.at("MetricTransformations", 0, "MetricValue"));
          assertThat(value).matches("1|\\$\\.\\w+");
          assertThat(log).contains(value.equals("1") ? "" : "\"" + value.substring(2) + "\"");
        });
  }

  @Test
  void theGuideHasTheCostsThatTheTemplatesAndTheMeasurementsGive() throws IOException {
    assertThat(Files.readString(Synthesis.ROOT.resolve("docs/operate.md")))
        .as("paste what ./sluice cdk costs prints")
        .contains(
            Costs.tables(
                Synthesis.ROOT, REGISTRY, List.copyOf(Synthesis.shipped().templates().values())));
  }

  @Test
  void aBudgetIsWatchedWhenOneIsSet() {
    Synthesis with =
        Synthesis.fresh(
            Synthesis.two(),
            Map.of("monthlyBudgetDollars", 50, "alarmEmail", "ops@example.com"),
            Map.of());
    assertThat(with.resources("AWS::Budgets::Budget"))
        .singleElement()
        .satisfies(budget ->
            assertThat(budget.at("Budget", "BudgetLimit"))
                .isEqualTo(Map.of("Amount", 50L, "Unit", "USD")));
    assertThat(with.resources("AWS::SNS::Subscription"))
        .singleElement()
        .satisfies(to -> assertThat(to.at("Endpoint")).isEqualTo("ops@example.com"));
    assertThat(Synthesis.small().resources("AWS::Budgets::Budget")).isEmpty();
  }
}
