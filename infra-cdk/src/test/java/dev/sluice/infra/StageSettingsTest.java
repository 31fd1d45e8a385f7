package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.limit.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageSettingsTest {

  private static StageSettings read(String settings, String... more) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("stage", "dev");
    context.put("stages", Map.of("dev", Json.parseObject(settings)));
    for (int i = 0; i < more.length; i += 2) {
      context.put(more[i], more[i + 1]);
    }
    return StageSettings.from(context::get);
  }

  @Test
  void aStageThatDeclaresNothingHasDefaults() {
    StageSettings settings = read("{}");
    assertThat(settings.keepData()).isTrue();
    assertThat(settings.logDays()).isEqualTo(30);
    assertThat(settings.rawDeleteDays()).isZero();
    assertThat(settings.account()).isEmpty();
  }

  @Test
  void whatIsDeclaredIsRead() {
    StageSettings settings =
        read(
            "{\"account\": \"111122223333\", \"region\": \"eu-central-1\", \"maxConcurrency\": 7,"
                + " \"tags\": {\"team\": \"data\"}}");
    assertThat(settings.region()).contains("eu-central-1");
    assertThat(settings.maxConcurrency()).contains(7);
    assertThat(settings.tags()).isEqualTo(Map.of("team", "data"));
  }

  @Test
  void everyProblemIsInOneMessage() {
    assertThatThrownBy(() ->
            read(
                "{\"account\": \"12\", \"logDays\": 31, \"keepData\": \"no\", \"rawColdDays\": 5,"
                    + " \"tags\": {\"a\": 1}, \"lateMinutes\": 1.5, \"retention\": 3}",
                "deleteData",
                "prod"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContaining("8 problems")
        .hasMessageContaining("account=12: not 12 digits")
        .hasMessageContaining("logDays=31")
        .hasMessageContaining("keepData=no")
        .hasMessageContaining("rawColdDays=5")
        .hasMessageContaining("tags.a=1")
        .hasMessageContaining("lateMinutes=1.5")
        .hasMessageContaining("retention: unknown; known are accessLogDays, account,")
        .hasMessageContaining("deleteData=prod");
  }

  @Test
  void limitsAreReadOrRefusedWhole() {
    assertThat(read("{}").limits()).isEqualTo(Limits.defaults());
    assertThat(read("{\"limits\": {\"depth\": 100, \"record-bytes\": \"32MiB\"}}").limits().text())
        .isEqualTo("record-bytes=33554432,depth=100");
    assertThatThrownBy(() ->
            read("{\"limits\": {\"dept\": 1, \"depth\": 0, \"records\": 1.5}, \"logDays\": 31}"))
        .hasMessageContaining("2 problems")
        .hasMessageContaining("logDays=31")
        .hasMessageContaining("limits: unknown: dept (known are record-bytes, ")
        .hasMessageContaining("depth is not between 1 and 1000: 0")
        .hasMessageContaining("records is no such number: 1.5");
    assertThatThrownBy(() -> read("{\"limits\": \"depth=100\"}"))
        .hasMessageContaining("limits=depth=100: not an object of numbers");
  }

  @Test
  void aBreakerComesWithABudget() {
    assertThatThrownBy(() -> read("{\"budgetBreaker\": true}"))
        .hasMessageContaining("needs monthlyBudgetDollars");
    assertThat(read("{\"budgetBreaker\": true, \"monthlyBudgetDollars\": 5}").budgetBreaker())
        .isTrue();
  }

  @Test
  void readersAreNamedByTheirArns() {
    String one = "arn:aws:iam::111122223333:role/team/analysts";
    assertThat(
            read("{\"lakeFormationReaders\": \"" + one + "," + one + "\"}").lakeFormationReaders())
        .contains(one + "," + one);
    assertThatThrownBy(() -> read("{\"lakeFormationReaders\": \"analysts\"}"))
        .hasMessageContaining("lakeFormationReaders=analysts: not ARNs of roles");
  }

  @Test
  void anAccountComesWithARegion() {
    assertThatThrownBy(() -> read("{\"account\": \"111122223333\"}"))
        .hasMessageContaining("name both or neither");
  }

  @Test
  void anUnknownStageIsNamedBesideTheKnownOnes() {
    assertThatThrownBy(() -> read("{}", "stage", "live"))
        .hasMessageContaining("no such stage: live")
        .hasMessageContaining("[dev]");
  }

  @Test
  void dataIsDeletedByTwoSwitchesTogether() {
    assertThat(read("{}", "deleteData", "dev").keepData()).isTrue();
    assertThat(read("{\"keepData\": false}").keepData()).isTrue();
    assertThat(read("{\"keepData\": false}", "deleteData", "dev").keepData()).isFalse();
  }

  @Test
  void everyRetentionTimeIsOneOfCloudWatchs() {
    assertThat(LogDays.ALL)
        .allSatisfy(days -> assertThat(LogDays.retention(days).name()).isNotEqualTo("INFINITE"));
    assertThat(
            List.of(
                LogDays.retention(1).name(),
                LogDays.retention(365).name(),
                LogDays.retention(2192).name()))
        .isEqualTo(List.of("ONE_DAY", "ONE_YEAR", "SIX_YEARS"));
  }
}
