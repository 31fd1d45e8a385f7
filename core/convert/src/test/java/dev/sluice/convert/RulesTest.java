package dev.sluice.convert;

import static dev.sluice.model.Reason.PATTERN_TOO_COSTLY;
import static dev.sluice.model.Reason.RULE_VIOLATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Dataset;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that break a rule are set aside with the rule's name; nulls break none but required. */
class RulesTest {
  private static final String FIELDS =
      """
      {"name": "n", "type": ["null", "long"], "default": null},
      {"name": "m", "type": ["null", "int"], "default": null},
      {"name": "d", "type": ["null", "double"], "default": null},
      {"name": "f", "type": ["null", "float"], "default": null},
      {"name": "p", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 10, "scale": 2}], "default": null},
      {"name": "q", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 30, "scale": 5}], "default": null},
      {"name": "s", "type": ["null", "string"], "default": null},
      {"name": "t", "type": ["null", "string"], "default": null},
      {"name": "e", "type": ["null", {"type": "enum", "name": "E", "symbols": ["X", "Y"]}],
          "default": null},
      {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null},
      {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null},
      {"name": "b", "type": ["null", "boolean"], "default": null},
      {"name": "c", "type": ["null", "boolean"], "default": null},
      {"name": "r", "type": ["null", {"type": "record", "name": "R", "fields": [
          {"name": "x", "type": ["null", "string"], "default": null},
          {"name": "y", "type": ["null", "long"], "default": null}]}], "default": null},
      {"name": "list", "type": ["null", {"type": "array", "items": ["null", {"type": "record",
          "name": "L", "fields": [
          {"name": "sku", "type": ["null", "string"], "default": null},
          {"name": "price", "type": ["null", "double"], "default": null},
          {"name": "sub", "type": {"type": "array", "items": {"type": "record", "name": "U",
              "fields": [{"name": "k", "type": ["null", "int"], "default": null}]}},
              "default": []}]}]}], "default": null},
      {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []}
      """;

  @TempDir Path folder;

  private void rule(String rule, List<String> hold, List<String> broken) {
    Dataset dataset = Declared.of(folder, FIELDS, "quality:", "  - " + rule);
    StringBuilder text = new StringBuilder();
    hold.forEach(record -> text.append(record).append('\n'));
    broken.forEach(record -> text.append(record).append('\n'));

    Run run = Run.of(dataset, folder, text.toString());

    assertThat(run.refused.stream().map(Run.Refused::text)).as(rule).isEqualTo(broken);
    assertThat(run.conversion.written()).as(rule).isEqualTo(hold.size());
    for (Run.Refused refused : run.refused) {
      assertThat(refused.reason()).isEqualTo(RULE_VIOLATED);
      assertThat(refused.rule()).isEqualTo(dataset.rules().get(0).name());
    }
  }

  @Test
  void requiredRefusesNullAbsentAndEmpty() {
    rule(
        "{field: s, required: true}",
        List.of("{\"s\":\"a\"}", "{\"s\":\" \"}"),
        List.of("{\"s\":null}", "{}", "{\"s\":\"\"}"));
    rule("{field: n, required: true}", List.of("{\"n\":0}"), List.of("{}", "{\"n\":null}"));
    rule(
        "{field: r, required: true}",
        List.of("{\"r\":{}}", "{\"r\":{\"x\":\"\"}}"),
        List.of("{}", "{\"r\":null}"));
    rule(
        "{field: r.x, required: true}",
        List.of("{\"r\":{\"x\":\"a\"}}"),
        List.of("{}", "{\"r\":null}", "{\"r\":{}}", "{\"r\":{\"x\":\"\"}}"));
    rule(
        "{field: list, required: true}",
        List.of("{\"list\":[{}]}", "{\"list\":[]}"),
        List.of("{}", "{\"list\":null}"));
    rule(
        "{field: list.sku, required: true}",
        List.of("{}", "{\"list\":[]}", "{\"list\":[{\"sku\":\"a\"},{\"sku\":\"b\"}]}"),
        List.of(
            "{\"list\":[{}]}",
            "{\"list\":[{\"sku\":\"a\"},{\"sku\":null}]}",
            "{\"list\":[{\"sku\":\"\"},{\"sku\":\"b\"}]}",
            "{\"list\":[null]}"));
    rule(
        "{field: list.sub.k, required: true}",
        List.of("{}", "{\"list\":[{\"sub\":[]}]}", "{\"list\":[{\"sub\":[{\"k\":1}]}]}"),
        List.of("{\"list\":[{\"sub\":[{\"k\":1},{}]}]}", "{\"list\":[{},{\"sub\":[{}]}]}"));
  }

  @Test
  void boundsAreIncludedForEveryKindOfNumber() {
    rule(
        "{field: n, min: -3, max: 5}",
        List.of("{}", "{\"n\":null}", "{\"n\":-3}", "{\"n\":5}"),
        List.of("{\"n\":-4}", "{\"n\":6}", "{\"n\":9223372036854775807}"));
    rule("{field: n, min: 0.5}", List.of("{\"n\":1}"), List.of("{\"n\":0}", "{\"n\":-1}"));
    rule("{field: n, max: 1e30}", List.of("{\"n\":9223372036854775807}"), List.of());
    rule("{field: m, max: -0.5}", List.of("{\"m\":-1}"), List.of("{\"m\":0}"));
    rule(
        "{field: d, min: 0.1, max: 0.3}",
        List.of("{\"d\":0.1}", "{\"d\":0.3}", "{\"d\":0.2}"),
        List.of(
            "{\"d\":0.09999999}", "{\"d\":0.30000000000000004}", "{\"d\":-1}", "{\"d\":1e300}"));
    rule("{field: d, min: 0}", List.of("{\"d\":0}", "{\"d\":-0.0}"), List.of("{\"d\":-4.9e-324}"));
    rule("{field: f, max: 0.5}", List.of("{\"f\":0.5}"), List.of("{\"f\":0.50001}"));
    rule(
        "{field: p, min: -1.005, max: 10}",
        List.of("{\"p\":-1.00}", "{\"p\":10.00}"),
        List.of("{\"p\":-1.01}", "{\"p\":10.01}"));
    rule(
        "{field: q, min: -0.00001, max: 12345678901234567890.12345}",
        List.of("{\"q\":-0.00001}", "{\"q\":12345678901234567890.12345}"),
        List.of("{\"q\":-0.00002}", "{\"q\":12345678901234567890.12346}"));
    rule(
        "{field: at, min: 2024-01-01, max: \"2024-01-02T00:00:00.5Z\"}",
        List.of("{\"at\":\"2024-01-01T00:00:00Z\"}", "{\"at\":\"2024-01-02T00:00:00.5Z\"}"),
        List.of(
            "{\"at\":\"2023-12-31T23:59:59.999999Z\"}",
            "{\"at\":\"2024-01-02T00:00:00.500001Z\"}"));
    rule(
        "{field: day, min: 1969-12-31}",
        List.of("{\"day\":\"1969-12-31\"}"),
        List.of("{\"day\":\"1969-12-30\"}"));
    rule(
        "{field: list.price, min: 0}",
        List.of("{\"list\":[{\"price\":0},{\"price\":null},{},null]}"),
        List.of("{\"list\":[{\"price\":1},{\"price\":-1}]}"));
  }

  @Test
  void listedValuesAndPatternsHoldForWholeStrings() {
    rule(
        "{field: s, allowed: [a, \"b c\", ü]}",
        List.of("{}", "{\"s\":\"a\"}", "{\"s\":\"b c\"}", "{\"s\":\"\\u00fc\"}"),
        List.of("{\"s\":\"A\"}", "{\"s\":\"\"}", "{\"s\":\"ab\"}"));
    rule("{field: e, allowed: [X]}", List.of("{\"e\":\"X\"}"), List.of("{\"e\":\"Y\"}"));
    rule(
        "{field: s, matches: \"[a-z]+-[0-9]{2}\"}",
        List.of("{}", "{\"s\":\"ab-12\"}"),
        List.of("{\"s\":\"ab-123\"}", "{\"s\":\"xab-12\\n\"}", "{\"s\":\"\"}"));
    rule(
        "{field: list.sku, matches: \"s.*\"}",
        List.of("{\"list\":[{\"sku\":\"s1\"},{}]}"),
        List.of("{\"list\":[{\"sku\":\"s1\"},{\"sku\":\"t1\"}]}"));
  }

  @Test
  void comparisonsHoldBetweenAnyTwoOfAKind() {
    rule(
        "{check: \"n <= m\"}",
        List.of("{\"n\":1,\"m\":1}", "{\"n\":1}", "{\"m\":1}", "{\"n\":-5,\"m\":1}"),
        List.of("{\"n\":2,\"m\":1}"));
    rule(
        "{check: \"n < d\"}",
        List.of("{\"n\":1,\"d\":1.5}", "{\"n\":9007199254740992,\"d\":9007199254740994}"),
        List.of("{\"n\":9007199254740993,\"d\":9007199254740992}", "{\"n\":1,\"d\":1}"));
    rule(
        "{check: \"p == q\"}",
        List.of("{\"p\":1.5,\"q\":1.50000}", "{\"p\":-1.5,\"q\":-1.5}"),
        List.of("{\"p\":1.5,\"q\":1.50001}"));
    rule("{check: \"f != d\"}", List.of("{\"f\":0.1,\"d\":0.1}"), List.of("{\"f\":0.5,\"d\":0.5}"));
    rule("{check: \"d >= f\"}", List.of("{\"d\":0.0,\"f\":-0.0}"), List.of("{\"d\":-1,\"f\":0}"));
    rule(
        "{check: \"s > t\"}",
        List.of(
            "{\"s\":\"b\",\"t\":\"a\"}", "{\"s\":\"ab\",\"t\":\"a\"}", "{\"s\":null,\"t\":\"a\"}"),
        List.of("{\"s\":\"a\",\"t\":\"a\"}", "{\"s\":\"B\",\"t\":\"a\"}"));
    rule(
        "{check: \"s == e\"}",
        List.of("{\"s\":\"X\",\"e\":\"X\"}"),
        List.of("{\"s\":\"X\",\"e\":\"Y\"}"));
    rule(
        "{check: \"b == c\"}",
        List.of("{\"b\":true,\"c\":true}"),
        List.of("{\"b\":true,\"c\":false}"));
    rule(
        "{check: \"n <= r.y\"}",
        List.of("{\"n\":1,\"r\":{\"y\":1}}", "{\"n\":1,\"r\":null}"),
        List.of("{\"n\":2,\"r\":{\"y\":1}}"));
  }

  @Test
  void textThatAPatternTakesTooLongForIsSetAsideAsSuch() {
    for (String[] hostile :
        new String[][] {
          {"(a|b)*", "{\"s\":\"abba\"}", "{\"s\":\"" + "ab".repeat(30_000) + "\"}"},
          {"(a+ ?)*\\1!", "{\"s\":\"aa!\"}", "{\"s\":\"" + "aaa ".repeat(30) + "\"}"},
          {
            "(.*,){12}P",
            "{\"s\":\"1,2,3,4,5,6,7,8,9,10,11,12,P\"}",
            "{\"s\":\"" + "1,2,3,4,5,6,7,8,9,10,11,12,".repeat(4) + "\"}"
          }
        }) {
      Dataset dataset =
          Declared.of(
              folder,
              FIELDS,
              "quality:",
              "  - {name: shape, field: s, matches: '" + hostile[0] + "'}",
              "  - {field: n, max: 5}");
      String text =
          hostile[1] + "\n" + hostile[2] + "\n{\"n\":6}\n" + hostile[2] + "\n" + hostile[1];

      Run run = Run.of(dataset, folder, text);

      assertThat(run.reasons())
          .containsExactly(PATTERN_TOO_COSTLY, RULE_VIOLATED, PATTERN_TOO_COSTLY);
      assertThat(run.refused.get(0).rule()).isEqualTo("shape");
      assertThat(run.refused.get(0).field()).isEqualTo("s");
      assertThat(run.conversion.written()).isEqualTo(2);
    }
  }

  @Test
  void aLongTextMayTakeStepsByItsLength() {
    Dataset dataset =
        Declared.of(folder, FIELDS, "quality:", "  - {field: s, matches: \"[a-z]+x[a-z]+\"}");

    Run run = Run.of(dataset, folder, "{\"s\":\"" + "ax".repeat(1_000_000) + "\"}");

    assertThat(run.reasons()).isEmpty();
  }

  @Test
  void theFirstBrokenRuleIsReported() {
    Dataset dataset =
        Declared.of(
            folder,
            FIELDS,
            "quality:",
            "  - {name: one, field: n, min: 0}",
            "  - {name: two, field: m, min: 0}",
            "  - {name: three, field: list.price, max: 1}");

    Run run =
        Run.of(
            dataset,
            folder,
            "{\"n\":-1,\"m\":-1}\n{\"n\":1,\"m\":-1}\n{\"n\":1}\n"
                + "{\"list\":[{\"price\":0},{\"price\":2}]}\n");

    assertThat(run.refused.stream().map(Run.Refused::rule)).containsExactly("one", "two", "three");
    assertThat(run.refused.stream().map(Run.Refused::field))
        .containsExactly("n", "m", "list[1].price");
    assertThat(run.refused.stream().map(Run.Refused::line)).containsExactly(1L, 2L, 4L);
  }

  @Test
  void rulesHoldForTextThatIsNoLongerInterned() {
    Dataset dataset =
        Declared.of(
            folder,
            FIELDS,
            "quality:",
            "  - {field: s, matches: \"[0-9]*[02468]\"}",
            "  - {check: \"s != t\"}");
    StringBuilder text = new StringBuilder();
    int count = 30_000;
    for (int i = 0; i < count; i++) {
      text.append("{\"s\":\"").append(i).append("\",\"t\":\"").append(i % 10 == 0 ? i : 7);
      text.append("\"}\n");
    }

    Run run = Run.of(dataset, folder, text.toString());

    assertThat(run.conversion.quarantined()).isEqualTo(count / 2 + count / 10);
  }
}
