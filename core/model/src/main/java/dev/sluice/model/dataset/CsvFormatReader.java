package dev.sluice.model.dataset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code csv} of a declaration. */
final class CsvFormatReader {
  private static final List<String> KEYS =
      List.of("all", "delimiter", "quote", "header", "columns", "null");

  private final DeclarationReader reader;

  CsvFormatReader(DeclarationReader reader) {
    this.reader = reader;
  }

  CsvFormat read(@Nullable Node node) {
    CsvFormat byDefault = CsvFormat.DEFAULT;
    if (node == null) {
      return byDefault;
    }
    Optional<Map<String, Node>> declared = reader.mapping(node, "csv", KEYS);
    if (declared.isEmpty()) {
      return byDefault;
    }
    Map<String, Node> map = declared.get();
    Optional<Character> delimiter = character(map.get("delimiter"), "csv delimiter");
    char quote = character(map.get("quote"), "csv quote").orElse(byDefault.quote());
    boolean header = flag(map.get("header"), "csv header", byDefault.header());
    List<String> columns = columns(map.get("columns"));
    if (delimiter.filter(d -> d == quote).isPresent()) {
      reader.problem(node, "csv", "delimiter and quote are the same", "choose different ones");
    }
    if (!header && columns.isEmpty()) {
      reader.problem(
          node, "csv columns", "they are missing, and there is no header", "name them in order");
    }
    if (header && !columns.isEmpty()) {
      reader.problem(
          node,
          "csv columns",
          "the header names them already",
          "add 'header: false', or remove them");
    }
    Node nullNode = map.get("null");
    return new CsvFormat(
        flag(map.get("all"), "csv all", byDefault.all()),
        delimiter,
        quote,
        header,
        columns,
        nullNode == null ? Optional.empty() : Optional.of(reader.text(nullNode, "csv null")));
  }

  private Optional<Character> character(@Nullable Node node, String thing) {
    if (node == null) {
      return Optional.empty();
    }
    String text = reader.text(node, thing);
    if (text.length() != 1 || text.charAt(0) >= 0x7f || "\r\n\0".contains(text)) {
      if (!text.isEmpty()) {
        reader.problem(
            node,
            thing + " '" + text + "'",
            "it is no single ASCII character",
            "write \";\" or \"\\t\"");
      }
      return Optional.empty();
    }
    return Optional.of(text.charAt(0));
  }

  private boolean flag(@Nullable Node node, String thing, boolean byDefault) {
    if (node == null) {
      return byDefault;
    }
    String text = reader.text(node, thing);
    if (!text.equals("true") && !text.equals("false") && !text.isEmpty()) {
      reader.problem(node, thing + " '" + text + "'", "unknown value", "write true or false");
    }
    return text.equals("true");
  }

  private List<String> columns(@Nullable Node node) {
    List<String> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Node element : reader.sequence(node, "csv columns")) {
      String name = reader.text(element, "csv columns");
      if (!name.isEmpty() && !names.add(name)) {
        reader.problem(element, "csv columns '" + name + "'", "it stands twice", "remove one");
      }
      columns.add(name);
    }
    return columns;
  }
}
