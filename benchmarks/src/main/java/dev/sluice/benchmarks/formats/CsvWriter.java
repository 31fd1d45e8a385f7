package dev.sluice.benchmarks.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.RecordType;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * NDJSON to CSV as people write it: nested records become columns {@code a.b}, arrays and maps
 * become JSON text in one column, null is nothing at all, an empty text is {@code ""}.
 */
final class CsvWriter {
  private final ObjectMapper mapper = new ObjectMapper();
  private final List<Column> columns = new ArrayList<>();

  /**
   * A column.
   *
   * @param name the field's path, with dots
   * @param path the same, in parts
   * @param field what stands there
   */
  record Column(String name, List<String> path, Field field) {
    Column {
      path = List.copyOf(path);
    }
  }

  CsvWriter(RecordType schema) {
    collect(schema, List.of());
  }

  private void collect(RecordType record, List<String> above) {
    for (Field field : record.fields()) {
      List<String> path = new ArrayList<>(above);
      path.add(field.name());
      if (field.type() instanceof RecordType nested) {
        collect(nested, path);
      } else {
        columns.add(new Column(String.join(".", path), path, field));
      }
    }
  }

  List<Column> columns() {
    return List.copyOf(columns);
  }

  void convert(Path json, Path csv) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(json);
        BufferedWriter out = Files.newBufferedWriter(csv)) {
      for (int i = 0; i < columns.size(); i++) {
        out.write(i == 0 ? "" : ",");
        text(out, columns.get(i).name());
      }
      out.write('\n');
      String line;
      while ((line = lines.readLine()) != null) {
        JsonNode record = mapper.readTree(line);
        for (int i = 0; i < columns.size(); i++) {
          out.write(i == 0 ? "" : ",");
          value(out, at(record, columns.get(i).path()));
        }
        out.write('\n');
      }
    }
  }

  private static @Nullable JsonNode at(JsonNode record, List<String> path) {
    JsonNode node = record;
    for (String name : path) {
      node = node == null ? null : node.get(name);
    }
    return node;
  }

  private static void value(Writer out, @Nullable JsonNode node) throws IOException {
    if (node == null || node.isNull()) {
      return;
    }
    if (node.isTextual()) {
      text(out, node.textValue());
    } else if (node.isContainerNode()) {
      text(out, node.toString());
    } else {
      out.write(node.asText());
    }
  }

  private static void text(Writer out, String text) throws IOException {
    boolean plain = !text.isEmpty();
    for (int i = 0; plain && i < text.length(); i++) {
      char c = text.charAt(i);
      plain = c != ',' && c != '"' && c != '\n' && c != '\r';
    }
    out.write(plain ? text : '"' + text.replace("\"", "\"\"") + '"');
  }
}
