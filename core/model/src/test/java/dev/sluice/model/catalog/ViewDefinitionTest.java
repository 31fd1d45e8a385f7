package dev.sluice.model.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewDefinitionTest {
  private static final String SQL = "SELECT 'Zürich 🚲' AS place, 1 AS n";

  private static ViewDefinition view(String type) {
    return new ViewDefinition(
        "silver",
        "places",
        "Where",
        List.of(new Column("place", "string", "Its name"), new Column("n", type, "")),
        SQL);
  }

  @Test
  void glueIsGivenWhatAthenaWritesItself() {
    Map<String, Object> input = view("int").tableInput();

    assertThat(input)
        .containsEntry("TableType", "VIRTUAL_VIEW")
        .doesNotContainKey("Description")
        .containsEntry("ViewExpandedText", "/* Presto View */")
        .containsEntry("Parameters", Map.of("comment", "Presto View", "presto_view", "true"));
    assertThat(input.get("StorageDescriptor"))
        .extracting("Columns")
        .isEqualTo(
            List.of(
                Map.of("Name", "place", "Type", "string", "Comment", "Its name"),
                Map.of("Name", "n", "Type", "int")));
    String text = String.valueOf(input.get("ViewOriginalText"));
    assertThat(text).startsWith("/* Presto View: ").endsWith(" */");
    String json =
        new String(
            Base64.getDecoder().decode(text.substring(16, text.length() - 3)),
            StandardCharsets.US_ASCII);
    assertThat(Json.parseObject(json))
        .containsEntry("originalSql", SQL)
        .containsEntry("catalog", "awsdatacatalog")
        .containsEntry("schema", "silver")
        .containsEntry("comment", "Where")
        .containsEntry(
            "columns",
            List.of(
                Map.of("name", "place", "type", "varchar"),
                Map.of("name", "n", "type", "integer")));
  }

  /** CloudFormation does not say in which characters it encodes. */
  @Test
  void theDefinitionIsAscii() {
    assertThat(view("int").json()).matches("\\p{ASCII}+").contains("Z\\u00fcrich");
  }

  @Test
  void aTypeThatIsNoneIsNoView() {
    assertThatThrownBy(() -> view("number"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number");
  }
}
