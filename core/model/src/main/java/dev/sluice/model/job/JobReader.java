package dev.sluice.model.job;

import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.YamlFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads one {@code jobs/<job>.yaml}, and says everything wrong with it. */
final class JobReader extends YamlFile {
  static final List<String> KEYS =
      List.of(
          "title",
          "description",
          "main",
          "sql",
          "tables",
          "schedule",
          "timezone",
          "overlap",
          "timeout",
          "incremental",
          "spark");

  private static final List<String> TABLE_KEYS = List.of("name", "doc", "partitions");
  private static final Pattern CLASS = Pattern.compile("([a-z][a-z0-9_]*[.])+[A-Z][A-Za-z0-9_]*");
  private static final Pattern SQL = Pattern.compile("[a-z][a-z0-9_-]{0,63}[.]sql");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final Pattern SPARK = Pattern.compile("spark[.][A-Za-z0-9._-]{1,200}");
  private static final Pattern SPARK_VALUE = Pattern.compile("[\\x21-\\x7e]{1,500}");

  /** What the launcher or EMR says. */
  private static final List<String> NOT_OURS =
      List.of("spark.master", "spark.submit.", "spark.sql.catalog.", "spark.hadoop.fs.s3");

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final Duration TIMEOUT = Duration.ofHours(2);

  private final Path folder;
  private final String dataset;
  private final String job;
  private final String where;
  private final Problems problems;

  /**
   * @param folder the dataset's {@code jobs} folder
   */
  JobReader(Path folder, String dataset, String job, Problems problems) {
    super(dataset + "/" + Jobs.FOLDER + "/" + job + Jobs.ENDING, problems);
    this.folder = folder;
    this.dataset = dataset;
    this.job = job;
    this.where = dataset + "/" + Jobs.FOLDER + "/" + job + Jobs.ENDING;
    this.problems = problems;
  }

  /** The job; empty when there are problems, which are then reported. */
  Optional<JobDeclaration> read() {
    int before = problems.count();
    Optional<Node> root =
        text(folder.resolve(job + Jobs.ENDING), where, "the file", "make it readable")
            .flatMap(
                text -> compose(text, "add 'title: …', 'main: …' or 'sql: …', and 'tables: …'"));
    Optional<Map<String, Node>> declared =
        root.flatMap(node -> mapping(node, "the declaration", KEYS));
    if (root.isEmpty() || declared.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> map = declared.get();
    String title = required(map, "title", root.get());
    String description =
        map.containsKey("description") ? text(map.get("description"), "description") : "";
    Optional<JobDeclaration.Program> program = program(map, root.get());
    List<GoldTable> tables = tables(map, root.get());
    ZoneId zone = zone(map.get("timezone"), map.containsKey("schedule"));
    Optional<Schedule> schedule = schedule(map.get("schedule"), zone);
    Overlap overlap =
        choice(map.get("overlap"), "overlap", Overlap.values(), "write skip, queue or replace");
    Duration timeout = timeout(map.get("timeout"));
    boolean incremental = flag(map.get("incremental"), "incremental", true);
    Map<String, String> spark = spark(map.get("spark"));
    if (problems.count() > before || program.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new JobDeclaration(
            dataset,
            job,
            title,
            description.strip(),
            program.get(),
            tables,
            schedule,
            overlap,
            timeout,
            incremental,
            spark));
  }

  private String required(Map<String, Node> map, String key, Node root) {
    Node node = map.get(key);
    if (node == null) {
      problem(root, key, "it is missing", "add '" + key + ": …'");
      return "";
    }
    return text(node, key).strip();
  }

  private Optional<JobDeclaration.Program> program(Map<String, Node> map, Node root) {
    Node main = map.get("main");
    Node sql = map.get("sql");
    if ((main == null) == (sql == null)) {
      problem(
          main == null ? root : main,
          "the program",
          main == null ? "there is neither main nor sql" : "there are both main and sql",
          "name a class of the job jar with 'main', or a file beside this one with 'sql'");
      return Optional.empty();
    }
    if (main != null) {
      String name = text(main, "main");
      if (!name.isEmpty() && !CLASS.matcher(name).matches()) {
        problem(main, "main '" + name + "'", "it is no name of a class", "write package.Class");
      }
      return Optional.of(new JobDeclaration.Main(name));
    }
    String file = text(sql, "sql");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (!SQL.matcher(file).matches()) {
      problem(
          sql,
          "sql '" + file + "'",
          "it is no name of a file beside this one",
          "write name.sql, of lower-case letters, digits, _ and -");
    } else if (!Files.isRegularFile(folder.resolve(file))) {
      problem(sql, "sql '" + file + "'", "there is no such file", "add it, or correct the name");
    }
    return Optional.of(new JobDeclaration.Sql(file));
  }

  private List<GoldTable> tables(Map<String, Node> map, Node root) {
    List<GoldTable> tables = new ArrayList<>();
    List<Node> elements = sequence(map.get("tables"), "tables");
    // A program of the jar may write something else than gold.
    if (elements.isEmpty() && !map.containsKey("main")) {
      problem(
          map.getOrDefault("tables", root),
          "tables",
          "there are none",
          "name the tables that the job writes: [{name: …}]");
    }
    for (Node element : elements) {
      Optional<Map<String, Node>> table = mapping(element, "tables", TABLE_KEYS);
      if (table.isEmpty()) {
        continue;
      }
      String name = required(table.get(), "name", element);
      if (!name.isEmpty() && !NAME.matcher(name).matches()) {
        problem(
            element,
            "tables '" + name + "'",
            "it cannot name a table",
            "use a lower-case letter, then up to 63 lower-case letters, digits or _");
      } else if (tables.stream().anyMatch(t -> t.name().equals(name))) {
        problem(element, "tables '" + name + "'", "it stands twice", "remove one");
      }
      String doc = table.get().containsKey("doc") ? text(table.get().get("doc"), "doc") : "";
      List<String> partitions = new ArrayList<>();
      for (Node column : sequence(table.get().get("partitions"), "partitions")) {
        String text = text(column, "partitions");
        if (!text.isEmpty() && !NAME.matcher(text).matches()) {
          problem(
              column,
              "partitions '" + text + "'",
              "it is no name of a column",
              "use lower-case letters, digits and _");
        } else if (partitions.contains(text)) {
          problem(column, "partitions '" + text + "'", "it stands twice", "remove one");
        }
        partitions.add(text);
      }
      tables.add(new GoldTable(name, doc.strip(), partitions));
    }
    return tables;
  }

  private ZoneId zone(@Nullable Node node, boolean scheduled) {
    if (node == null) {
      return UTC;
    }
    String text = text(node, "timezone");
    if (!scheduled) {
      problem(node, "timezone", "there is no schedule", "add one, or remove the line");
    }
    if (text.isEmpty() || text.equals("UTC")) {
      return UTC;
    }
    try {
      if (ZoneId.getAvailableZoneIds().contains(text)) {
        return ZoneId.of(text);
      }
    } catch (DateTimeException e) {
      // Reported with those that are not known.
    }
    problem(
        node,
        "timezone '" + text + "'",
        "there is no such time zone",
        "write a name of the IANA database, as Europe/Berlin, or UTC");
    return UTC;
  }

  private Optional<Schedule> schedule(@Nullable Node node, ZoneId zone) {
    if (node == null) {
      return Optional.empty();
    }
    String text = text(node, "schedule");
    return text.isEmpty()
        ? Optional.empty()
        : Schedule.parse(
            text,
            zone,
            (reason, wayOut) -> problem(node, "schedule '" + text + "'", reason, wayOut));
  }

  private Duration timeout(@Nullable Node node) {
    if (node == null) {
      return TIMEOUT;
    }
    String text = text(node, "timeout");
    if (text.isEmpty()) {
      return TIMEOUT;
    }
    Optional<Duration> timeout = duration(text);
    if (timeout.isEmpty()
        || timeout.get().compareTo(SHORTEST) < 0
        || timeout.get().compareTo(LONGEST) > 0) {
      problem(
          node,
          "timeout '" + text + "'",
          "it is no span from PT1M to P7D",
          "write one as ISO 8601 has it, for instance PT2H");
      return TIMEOUT;
    }
    return timeout.get();
  }

  static Optional<Duration> duration(String text) {
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private boolean flag(@Nullable Node node, String key, boolean instead) {
    if (node == null) {
      return instead;
    }
    String text = text(node, key);
    if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
      problem(node, key + " '" + text + "'", "unknown value", "write true or false");
    }
    return text.equals("true");
  }

  private Map<String, String> spark(@Nullable Node node) {
    Map<String, String> spark = new LinkedHashMap<>();
    if (node == null) {
      return spark;
    }
    if (!(node instanceof MappingNode mapping)) {
      problem(node, "spark", "it is " + describe(node), "write 'spark.x.y: value' lines");
      return spark;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!SPARK.matcher(key).matches()) {
        problem(
            tuple.getKeyNode(),
            "spark '" + key + "'",
            "it is no setting of Spark",
            "write its full name, as spark.sql.shuffle.partitions");
        continue;
      }
      if (NOT_OURS.stream().anyMatch(key::startsWith)) {
        problem(
            tuple.getKeyNode(),
            "spark '" + key + "'",
            "it is set for all jobs by the launcher",
            "remove it");
      }
      String value = text(tuple.getValueNode(), "spark " + key);
      if (!value.isEmpty() && !SPARK_VALUE.matcher(value).matches()) {
        problem(
            tuple.getValueNode(),
            "spark '" + key + "'",
            "its value has blanks or is longer than 500 characters",
            "correct it");
      }
      if (spark.putIfAbsent(key, value) != null) {
        problem(tuple.getKeyNode(), "spark '" + key + "'", "it stands twice", "remove one");
      }
    }
    return spark;
  }
}
