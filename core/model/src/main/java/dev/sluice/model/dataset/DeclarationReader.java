package dev.sluice.model.dataset;

import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one {@code dataset.yaml} with the schema it names, and says everything wrong with it. */
final class DeclarationReader extends YamlFile {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private static final Pattern JOB = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  static final List<String> KEYS =
      List.of(
          "name",
          "description",
          "schema",
          "event_time",
          "key",
          "partition",
          "unknown_fields",
          "on_source_delete",
          "csv",
          "quality",
          "queries",
          "views",
          "jobs");

  private final Path folder;
  private final Problems problems;

  DeclarationReader(Path folder, Problems problems) {
    super(nameOf(folder.toAbsolutePath().normalize()) + "/" + DatasetLoader.FILE, problems);
    this.folder = folder.toAbsolutePath().normalize();
    this.problems = problems;
  }

  private static String nameOf(Path folder) {
    Path name = folder.getFileName();
    return name == null ? "" : name.toString();
  }

  private String folderName() {
    return nameOf(folder);
  }

  /** The dataset; empty when there are problems, which are then reported. */
  Optional<Dataset> read() {
    int before = problems.count();
    Optional<String> text =
        text(
            folder.resolve(DatasetLoader.FILE),
            folderName() + "/" + DatasetLoader.FILE,
            "the file",
            "add it with name and schema");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Node> root = compose(text.get(), "add 'name: …' and 'schema: …'");
    if (root.isEmpty()) {
      return Optional.empty();
    }
    Optional<Map<String, Node>> declared = mapping(root.get(), "the declaration", KEYS);
    if (declared.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> map = declared.get();
    String name = name(map, root.get());
    String description =
        map.containsKey("description") ? text(map.get("description"), "description") : "";
    UnknownFields unknown =
        choice(
            map.get("unknown_fields"),
            "unknown_fields",
            UnknownFields.values(),
            "write ignore or quarantine");
    OnSourceDelete onSourceDelete =
        choice(
            map.get("on_source_delete"),
            "on_source_delete",
            OnSourceDelete.values(),
            "write keep or withdraw");
    CsvFormat csv = new CsvFormatReader(this).read(map.get("csv"));
    List<String> queries = queries(map.get("queries"));
    List<String> views =
        names(
            map.get("views"),
            "views",
            NAME,
            "a view",
            "use a lower-case letter, then up to 63 lower-case letters, digits or _");
    List<String> jobs =
        names(
            map.get("jobs"),
            "jobs",
            JOB,
            "a job",
            "use a lower-case letter, then lower-case letters, digits, _ or -");
    Optional<RecordType> schema = schema(map.get("schema"), root.get());
    if (schema.isEmpty()) {
      return Optional.empty();
    }
    Optional<FieldPath> eventTime = eventTime(map.get("event_time"), schema.get());
    List<FieldPath> key = key(map.get("key"), schema.get());
    PartitionReader partitionReader = new PartitionReader(this, schema.get());
    PartitionSpec partitions = partitionReader.read(map.get("partition"));
    RuleReader ruleReader = new RuleReader(this, schema.get());
    List<QualityRule> rules = ruleReader.read(map.get("quality"), partitionReader.implied());
    if (problems.count() > before) {
      return Optional.empty();
    }
    return Optional.of(
        new Dataset(
            name,
            description,
            schema.get(),
            eventTime,
            key,
            partitions,
            rules,
            unknown,
            onSourceDelete,
            csv,
            queries,
            views,
            jobs,
            Fingerprint.of(schema.get(), partitions, rules, unknown, csv)));
  }

  private String name(Map<String, Node> map, Node root) {
    Node node = map.get("name");
    if (node == null) {
      problem(root, "name", "it is missing", "add 'name: " + folderName() + "'");
      return "";
    }
    String name = text(node, "name");
    if (name.isEmpty()) {
      return "";
    }
    if (!NAME.matcher(name).matches()) {
      problem(
          node,
          "name '" + name + "'",
          "it cannot name a table",
          "use a lower-case letter, then up to 63 lower-case letters, digits or _");
    } else if (!name.equals(folderName())) {
      problem(
          node,
          "name '" + name + "'",
          "the folder is named '" + folderName() + "'",
          "give both the same name");
    }
    return name;
  }

  private Optional<RecordType> schema(@Nullable Node node, Node root) {
    if (node == null) {
      problem(root, "schema", "it is missing", "add 'schema: schema.avsc' and that file");
      return Optional.empty();
    }
    String name = text(node, "schema");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> path = inside(folder, node, "schema", name);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(path.get())) {
      problem(
          node, "schema '" + name + "'", "there is no such file", "add it, or correct the name");
      return Optional.empty();
    }
    String schemaFile = folderName() + "/" + name;
    return text(path.get(), schemaFile, "the schema", "make it readable")
        .flatMap(text -> new SchemaReader(schemaFile, problems).read(text));
  }

  private Optional<FieldPath> eventTime(@Nullable Node node, RecordType schema) {
    if (node == null) {
      return Optional.empty();
    }
    String path = text(node, "event_time");
    if (path.isEmpty()) {
      return Optional.empty();
    }
    String thing = "event_time '" + path + "'";
    Optional<Paths.Target> target = resolve(schema, path, node, thing);
    if (target.isPresent()) {
      boolean temporal =
          target
              .get()
              .scalar()
              .filter(s ->
                  switch (s.kind()) {
                    case DATE, TIMESTAMP -> true;
                    default -> false;
                  })
              .isPresent();
      if (!temporal) {
        problem(
            node,
            thing,
            "it is " + target.get().kind(),
            "name a date or timestamp; in the schema that is {\"type\": \"long\", \"logicalType\":"
                + " \"timestamp-micros\"}");
      } else if (target.get().inArray()) {
        problem(node, thing, "it lies inside an array", "name a field that a record has once");
      }
    }
    return target.map(Paths.Target::path);
  }

  private List<FieldPath> key(@Nullable Node node, RecordType schema) {
    List<FieldPath> key = new ArrayList<>();
    for (Node element : sequence(node, "key")) {
      String path = text(element, "key");
      if (path.isEmpty()) {
        continue;
      }
      String thing = "key '" + path + "'";
      Optional<Paths.Target> target = resolve(schema, path, element, thing);
      if (target.isEmpty()) {
        continue;
      }
      if (target.get().scalar().isEmpty()) {
        problem(element, thing, "it is " + target.get().kind(), "name a scalar field");
      } else if (target.get().inArray()) {
        problem(element, thing, "it lies inside an array", "name a field that a record has once");
      } else if (key.contains(target.get().path())) {
        problem(element, thing, "it stands twice", "remove one");
      }
      key.add(target.get().path());
    }
    return key;
  }

  private List<String> queries(@Nullable Node node) {
    List<String> queries = new ArrayList<>();
    for (Node element : sequence(node, "queries")) {
      String name = text(element, "queries");
      if (name.isEmpty()) {
        continue;
      }
      Optional<Path> path = inside(folder, element, "queries", name);
      if (path.isPresent() && !Files.isRegularFile(path.get())) {
        problem(
            element,
            "queries '" + name + "'",
            "there is no such file",
            "add it, or remove the line");
      } else if (queries.contains(name)) {
        problem(element, "queries '" + name + "'", "it stands twice", "remove one");
      }
      queries.add(name);
    }
    return queries;
  }

  private List<String> names(
      @Nullable Node node, String key, Pattern pattern, String what, String wayOut) {
    List<String> names = new ArrayList<>();
    for (Node element : sequence(node, key)) {
      String name = text(element, key);
      if (name.isEmpty()) {
        continue;
      }
      String thing = key + " '" + name + "'";
      if (!pattern.matcher(name).matches()) {
        problem(element, thing, "it is no name of " + what, wayOut);
      } else if (names.contains(name)) {
        problem(element, thing, "it stands twice", "remove one");
      }
      names.add(name);
    }
    return names;
  }

  Optional<Paths.Target> resolve(RecordType schema, String path, Node node, String thing) {
    return Paths.resolve(schema, path, (reason, wayOut) -> problem(node, thing, reason, wayOut));
  }
}
