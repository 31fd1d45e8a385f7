package dev.sluice.model.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.model.catalog.SchemaPlan.Change;
import dev.sluice.model.catalog.SchemaPlan.Verdict;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaPlanTest {
  private static final String AT =
      "{\"name\": \"at\", \"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}},"
          + "{\"name\": \"place\", \"type\": \"string\"},";

  @TempDir Path root;

  private SchemaPlan plan(String before, String after, String yamlBefore, String yamlAfter)
      throws IOException {
    return SchemaPlan.between(
        declare("before", before, yamlBefore), declare("after", after, yamlAfter));
  }

  private SchemaPlan plan(String before, String after) throws IOException {
    return plan(before, after, "", "");
  }

  private Dataset declare(String where, String fields, String yaml) throws IOException {
    Path folder = Files.createDirectories(root.resolve(where).resolve("orders"));
    Files.writeString(
        folder.resolve("dataset.yaml"), "name: orders\nschema: schema.avsc\n" + yaml + "\n");
    Files.writeString(
        folder.resolve("schema.avsc"),
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" + AT + fields + "]}");
    return DatasetLoader.load(folder);
  }

  private static Change only(SchemaPlan plan) {
    return plan.changes().stream()
        .filter(change -> change.verdict() != Verdict.SAME)
        .reduce((a, b) -> {
          throw new AssertionError(a + " and " + b);
        })
        .orElseThrow();
  }

  private static String field(String name, String type) {
    return "{\"name\": \"" + name + "\", \"type\": " + type + "}";
  }

  @Test
  void anUnchangedDeclarationIsTheSame() throws IOException {
    SchemaPlan plan = plan(field("n", "\"int\""), field("n", "\"int\""));

    assertThat(plan.compatible()).isTrue();
    assertThat(plan.changes())
        .extracting(Change::column, Change::verdict)
        .containsExactly(
            tuple("at", Verdict.SAME), tuple("place", Verdict.SAME), tuple("n", Verdict.SAME));
  }

  @Test
  void aNewFieldIsNullInOldFiles() throws IOException {
    SchemaPlan nullable =
        plan(
            field("n", "\"int\""),
            field("n", "\"int\"")
                + ", {\"name\": \"More\", \"type\": [\"null\", \"string\"], \"default\": null}");
    assertThat(nullable.compatible()).isTrue();
    assertThat(only(nullable))
        .isEqualTo(new Change("more", "", "string", Verdict.ADDED, "NULL in old files"));

    assertThat(
            only(plan(field("n", "\"int\""), field("n", "\"int\"") + "," + field("m", "\"int\""))))
        .isEqualTo(
            new Change(
                "m",
                "",
                "int",
                Verdict.ADDED,
                "NULL in old files; records without it are quarantined"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"int\" | \"long\" | WIDENED",
        "\"float\" | \"double\" | WIDENED",
        "\"long\" | \"int\" | INCOMPATIBLE",
        "\"double\" | \"float\" | INCOMPATIBLE",
        "\"int\" | \"double\" | INCOMPATIBLE",
        "\"int\" | \"string\" | INCOMPATIBLE",
        "\"string\" | \"int\" | INCOMPATIBLE",
        "\"string\" | {\"type\": \"array\", \"items\": \"string\"} | INCOMPATIBLE",
        "{\"type\": \"map\", \"values\": \"int\"} | {\"type\": \"record\", \"name\": \"D\","
            + " \"fields\": [{\"name\": \"a\", \"type\": \"int\"}]} | INCOMPATIBLE",
        "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 5, \"scale\": 2} |"
            + " {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 12, \"scale\":"
            + " 2} | WIDENED",
        "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 12, \"scale\": 2} |"
            + " {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 5, \"scale\":"
            + " 2} | INCOMPATIBLE",
        "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 12, \"scale\": 2} |"
            + " {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 14, \"scale\":"
            + " 4} | INCOMPATIBLE",
        "{\"type\": \"int\", \"logicalType\": \"date\"} | {\"type\": \"long\", \"logicalType\":"
            + " \"timestamp-millis\"} | INCOMPATIBLE"
      })
  void anotherTypeIsWiderOrCannotBeRead(String before, String after, Verdict verdict)
      throws IOException {
    SchemaPlan plan = plan(field("n", before), field("n", after));

    assertThat(only(plan).verdict()).isEqualTo(verdict);
    assertThat(plan.compatible()).isEqualTo(verdict == Verdict.WIDENED);
  }

  @Test
  void anEnumIsText() throws IOException {
    assertThat(
            plan(
                    field(
                        "n", "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\", \"B\"]}"),
                    field("n", "\"string\""))
                .changes())
        .allSatisfy(change -> assertThat(change.verdict()).isEqualTo(Verdict.SAME));
  }

  @Test
  void aFieldIsRenamedByAnAliasElseItIsDroppedAndAdded() throws IOException {
    SchemaPlan renamed =
        plan(
            field("n", "\"int\""),
            "{\"name\": \"number\", \"type\": \"int\", \"aliases\": [\"n\"]}");
    assertThat(renamed.compatible()).isTrue();
    assertThat(only(renamed).verdict()).isEqualTo(Verdict.RENAMED);
    assertThat(only(renamed).note()).startsWith("was n; NULL in old files").contains("replay");

    SchemaPlan replaced = plan(field("n", "\"int\""), field("number", "\"int\""));
    assertThat(replaced.compatible()).isTrue();
    assertThat(replaced.changes())
        .extracting(Change::verdict)
        .containsExactly(Verdict.SAME, Verdict.SAME, Verdict.ADDED, Verdict.DROPPED);
  }

  @Test
  void nestedFieldsAreNamedByTheirPath() throws IOException {
    String before =
        field(
            "lines",
            "{\"type\": \"array\", \"items\": {\"type\": \"record\", \"name\": \"L\", \"fields\":"
                + " [{\"name\": \"n\", \"type\": \"int\"}]}}");
    assertThat(only(plan(before, before.replace("\"int\"", "\"long\""))).column())
        .isEqualTo("lines[].n");
    assertThat(only(plan(before, before.replace("\"int\"", "\"string\""))).verdict())
        .isEqualTo(Verdict.INCOMPATIBLE);
  }

  @Test
  void registeredPartitionsKeepTheOrderOfNestedFields() throws IOException {
    String before =
        field(
            "d",
            "{\"type\": \"record\", \"name\": \"D\", \"fields\": [{\"name\": \"b\", \"type\":"
                + " \"int\"}]}");
    String added = "{\"name\": \"a\", \"type\": \"int\", \"default\": 0}";
    String first = before.replace("[{", "[" + added + ", {");
    String last = before.replace("}]}", "}, " + added + "]}");

    assertThat(plan(before, first, "partition: [place]", "partition: [place]").compatible())
        .isFalse();
    assertThat(plan(before, last, "partition: [place]", "partition: [place]").compatible())
        .isTrue();
    assertThat(plan(before, first).compatible()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[place] | [place] | true",
        "[place] | [place, day(at)] | false",
        "[day(at)] | [month(at)] | false",
        "[place] | [{by: place, values: [a]}] | false",
        "[{by: place, values: [a]}] | [place] | false",
        "[{by: place, values: [a]}] | [{by: place, values: [b, a]}] | true",
        "[{by: place, values: [a, b]}] | [{by: place, values: [a]}] | false",
        "[{by: day(at), from: 2024-01-01, to: 2024-12-31}] | [{by: day(at), from: 2023-12-31, to:"
            + " 2025-01-01}] | true",
        "[{by: day(at), from: 2024-01-01, to: 2024-12-31}] | [{by: day(at), from: 2024-01-02, to:"
            + " 2025-01-01}] | false"
      })
  void oldPartitionsStayInSight(String before, String after, boolean compatible)
      throws IOException {
    assertThat(
            plan(
                    field("n", "\"int\""),
                    field("n", "\"int\""),
                    "partition: " + before,
                    "partition: " + after)
                .compatible())
        .isEqualTo(compatible);
  }
}
