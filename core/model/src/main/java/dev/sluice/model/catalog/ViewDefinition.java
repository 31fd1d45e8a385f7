package dev.sluice.model.catalog;

import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A view of Athena: a statement under a table's name, kept in the Glue Data Catalog as Athena's own
 * {@code CREATE VIEW} keeps it.
 *
 * @param database its database, and that of names in the statement that have none
 * @param name its name
 * @param description for people
 * @param columns what the statement gives, in order, with types that {@link TrinoTypes} knows
 * @param sql one SELECT of Athena
 */
public record ViewDefinition(
    String database, String name, String description, List<Column> columns, String sql) {

  /** Glue's name for a table that is a view. */
  public static final String TABLE_TYPE = "VIRTUAL_VIEW";

  /** Stands before the encoded definition. */
  public static final String PREFIX = "/* Presto View: ";

  /** Stands behind the encoded definition. */
  public static final String SUFFIX = " */";

  /** What Athena reads instead of a statement of Hive. */
  public static final String EXPANDED_TEXT = "/* Presto View */";

  /** Whose view it is: Trino asks for a name. Nobody's rights depend on it. */
  public static final String OWNER = "sluice";

  /** Athena's name of the catalog of Glue. */
  private static final String CATALOG = "awsdatacatalog";

  public ViewDefinition {
    columns = List.copyOf(columns);
    for (Column column : columns) {
      if (TrinoTypes.of(column.type()).isEmpty()) {
        throw new IllegalArgumentException("No type of a column: " + column.type());
      }
    }
  }

  /** The parameters by which Athena knows a view. */
  public static Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("comment", "Presto View");
    parameters.put("presto_view", "true");
    return parameters;
  }

  /**
   * The name that stands for a serializer-deserializer, which a view has none of: Athena refuses a
   * table without, and CloudFormation leaves out empty objects.
   */
  public static String noSerde() {
    return "-";
  }

  /** The definition in Athena's JSON, of ASCII alone. */
  public String json() {
    List<Map<String, String>> types = new ArrayList<>();
    for (Column column : columns) {
      Map<String, String> type = new LinkedHashMap<>();
      type.put("name", column.name());
      type.put("type", TrinoTypes.of(column.type()).orElseThrow());
      types.add(type);
    }
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("originalSql", sql);
    definition.put("catalog", CATALOG);
    definition.put("schema", database);
    definition.put("columns", types);
    definition.put("comment", description);
    return ascii(Json.write(definition));
  }

  /** Outside of strings JSON has no other characters, and within them they may be escaped. */
  private static String ascii(String json) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      text.append(c < 128 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return text.toString();
  }

  /**
   * Glue's {@code TableInput}, names and nesting as its API has them. It has no description: Trino
   * takes that for the comment by which it knows a view.
   */
  public Map<String, Object> tableInput() {
    Map<String, Object> serde = new LinkedHashMap<>();
    serde.put("Name", noSerde());
    serde.put("SerializationLibrary", noSerde());
    Map<String, Object> storage = new LinkedHashMap<>();
    storage.put("Columns", TableDefinition.columns(columns));
    storage.put("Location", "");
    storage.put("SerdeInfo", serde);
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("Name", name);
    input.put("Owner", OWNER);
    input.put("StorageDescriptor", storage);
    input.put("TableType", TABLE_TYPE);
    input.put("Parameters", parameters());
    input.put(
        "ViewOriginalText",
        PREFIX
            + Base64.getEncoder().encodeToString(json().getBytes(StandardCharsets.US_ASCII))
            + SUFFIX);
    input.put("ViewExpandedText", EXPANDED_TEXT);
    return input;
  }
}
