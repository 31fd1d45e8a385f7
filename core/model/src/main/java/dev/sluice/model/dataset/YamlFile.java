package dev.sluice.model.dataset;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** What readers of declarations in YAML share: values with their lines, and problems about them. */
public abstract class YamlFile {
  private static final long FILE_BYTES = 1 << 20;

  private final String file;
  private final Problems problems;

  /**
   * @param file what problems call it
   */
  protected YamlFile(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** A file that a declaration names, below the folder of its dataset. */
  protected final Optional<Path> inside(Path folder, Node node, String thing, String name) {
    try {
      Path path = folder.resolve(name).normalize();
      if (!Path.of(name).isAbsolute() && path.startsWith(folder) && !path.equals(folder)) {
        return Optional.of(path);
      }
    } catch (InvalidPathException e) {
      // Reported with the others that are no path below the folder.
    }
    problem(
        node,
        thing + " '" + name + "'",
        "it is not below the dataset's folder",
        "a declaration is complete in its folder: copy the file there");
    return Optional.empty();
  }

  /** A file's text; empty after a problem was reported. */
  protected final Optional<String> text(Path path, String where, String thing, String wayOut) {
    try {
      if (Files.size(path) > FILE_BYTES) {
        problems.add(where, thing, "it is larger than 1 MiB", "is it the right file?");
        return Optional.empty();
      }
      return Optional.of(Files.readString(path));
    } catch (CharacterCodingException e) {
      problems.add(where, thing, "it is not UTF-8", "save it as UTF-8");
    } catch (IOException e) {
      problems.add(
          where,
          thing,
          Files.exists(path) ? "it cannot be read (" + e.getMessage() + ")" : "it is missing",
          wayOut);
    }
    return Optional.empty();
  }

  /**
   * The top of the document; empty after a problem was reported.
   *
   * @param required what to write when there is nothing
   */
  protected final Optional<Node> compose(String text, String required) {
    LoadSettings settings = LoadSettings.builder().setLabel(file).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        problems.add(file, "the file", "it is empty", required);
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      String where = e.getProblemMark().map(m -> file + ":" + (m.getLine() + 1)).orElse(file);
      problems.add(where, "the text", "it is not YAML: " + e.getProblem(), "correct it");
    } catch (StackOverflowError e) {
      // The library limits the nesting of what it constructs, not of what it composes.
      problems.add(file, "the text", "it is nested too deeply", "a declaration has three levels");
    } catch (YamlEngineException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      problems.add(file, "the text", "it is not YAML: " + message, "correct it");
    }
    return Optional.empty();
  }

  /** Takes down a problem, with the line it is in. */
  protected final void problem(Node node, String thing, String reason, String wayOut) {
    String where = node.getStartMark().map(m -> file + ":" + (m.getLine() + 1)).orElse(file);
    problems.add(where, thing, reason, wayOut);
  }

  /** The entries of a mapping, in order; unknown and repeated keys are reported. */
  protected final Optional<Map<String, Node>> mapping(Node node, String thing, List<String> known) {
    if (!(node instanceof MappingNode mapping)) {
      problem(
          node,
          thing,
          "it is " + describe(node),
          "write 'key: value' lines, known keys: " + String.join(", ", known));
      return Optional.empty();
    }
    Map<String, Node> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!known.contains(key)) {
        problem(keyNode, thing, "unknown key '" + key + "'", Similar.wayOut(key, known));
      } else if (entries.putIfAbsent(key, tuple.getValueNode()) != null) {
        problem(keyNode, thing, "the key '" + key + "' stands twice", "remove one");
      }
    }
    return Optional.of(entries);
  }

  /** The elements of a sequence; none when the node is absent. */
  protected final List<Node> sequence(@Nullable Node node, String thing) {
    if (node == null) {
      return List.of();
    }
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    problem(node, thing, "it is " + describe(node), "write a list: [a, b]");
    return List.of();
  }

  /** The text of a scalar as it is written; empty after a problem was reported. */
  protected final String text(Node node, String thing) {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      if (scalar.getValue().isEmpty()) {
        problem(node, thing, "it is empty", "give it a value, or remove the line");
      }
      return scalar.getValue();
    }
    problem(node, thing, "it is " + describe(node), "write one value");
    return "";
  }

  protected static String describe(Node node) {
    if (node instanceof SequenceNode) {
      return "a list";
    }
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    return node.getTag().equals(Tag.NULL) ? "empty" : "a single value";
  }

  /** One of some words; the first is the default. */
  protected final <E extends Enum<E>> E choice(
      @Nullable Node node, String key, E[] values, String wayOut) {
    if (node == null) {
      return values[0];
    }
    String text = text(node, key);
    for (E value : values) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    if (!text.isEmpty()) {
      problem(node, key + " '" + text + "'", "unknown value", wayOut);
    }
    return values[0];
  }
}
