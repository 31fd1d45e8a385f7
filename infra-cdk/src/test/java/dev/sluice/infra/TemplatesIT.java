package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The templates as a whole, and the checks they pass. */
@NeedsNode
class TemplatesIT {
  /** With what they are derived from, so that a new column is not a change here. */
  private static final Set<String> COMPARED_ELSEWHERE =
      Set.of("Columns", "QueryString", "QueryStatement");

  @ParameterizedTest
  @ValueSource(
      strings = {"storage", "catalog", "processing", "functions", "query", "api", "operations"})
  void aTemplateChangesOnPurposeOnly(String stack) {
    Golden.check(stack + ".json", print(Synthesis.small().templates().get(stack)));
  }

  @Test
  void everyStackHasItsGoldenTemplate() {
    assertThat(Synthesis.small().templates())
        .containsOnlyKeys(
            "storage", "catalog", "processing", "functions", "query", "api", "operations");
  }

  @Test
  void theSameDeclarationsGiveTheSameTemplates() {
    assertThat(Synthesis.fresh(Synthesis.two(), Map.of(), Map.of()).templates())
        .isEqualTo(Synthesis.small().templates());
  }

  @Test
  void noCheckFindsAnything() {
    for (Object report : (List<?>) Synthesis.shipped().report().get("pluginReports")) {
      assertThat(((Map<?, ?>) report).get("violations")).isEqualTo(List.of());
    }
  }

  @Test
  void aFindingFailsTheSynthesis() {
    assertThat(Main.flags(Synthesis.ROOT))
        .containsEntry("@aws-cdk/core:validateAgainstDefaultRules", true);
  }

  /** Indented, keys sorted, without hashes of what is built here. */
  private static String print(Map<?, ?> template) {
    return (Json.writePretty(sorted(template)) + "\n")
        .replaceAll("\\b[0-9a-f]{64}\\b", "<hash>")
        .replaceAll("(CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}", "$1<hash>");
  }

  private static Object sorted(Object json) {
    if (json instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, value) ->
          sorted.put(
              String.valueOf(key), COMPARED_ELSEWHERE.contains(key) ? "<…>" : sorted(value)));
      return sorted;
    }
    return json instanceof List<?> list ? list.stream().map(TemplatesIT::sorted).toList() : json;
  }
}
