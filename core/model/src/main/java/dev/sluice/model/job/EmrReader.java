package dev.sluice.model.job;

import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.YamlFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code emr.yaml}, and says everything wrong with it. */
final class EmrReader extends YamlFile {
  static final List<String> KEYS =
      List.of(
          "release",
          "cluster",
          "primary",
          "workers",
          "least_workers",
          "most_workers",
          "spot",
          "spot_timeout",
          "disk_gib",
          "idle",
          "age");

  private static final Pattern RELEASE = Pattern.compile("emr-[a-z0-9.-]{1,40}");
  private static final Pattern CLUSTER = Pattern.compile("j-[A-Z0-9]{1,30}");
  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]{1,20}[.][a-z0-9-]{1,20}");

  /** Of an instance fleet that is made by the API. */
  private static final int MOST_TYPES = 30;

  private final Path file;

  EmrReader(Path file, Problems problems) {
    super(EmrSettings.FILE, problems);
    this.file = file;
  }

  /** The settings; without use when problems were reported. */
  EmrSettings read() {
    EmrSettings standard = EmrSettings.defaults();
    Map<String, Node> map =
        text(file, EmrSettings.FILE, "the file", "make it readable")
            .flatMap(text -> compose(text, "remove it, or write 'release: …'"))
            .flatMap(root -> mapping(root, "the settings", KEYS))
            .orElse(Map.of());
    String release =
        matching(map.get("release"), "release", RELEASE, "write one as emr-spark-8.1.0")
            .orElse(standard.release());
    Optional<String> cluster =
        map.containsKey("cluster") && text(map.get("cluster"), "cluster").equals("transient")
            ? Optional.empty()
            : matching(
                map.get("cluster"), "cluster", CLUSTER, "write transient, or the id of a cluster");
    List<String> primary = types(map.get("primary"), "primary", standard.primaryTypes());
    List<String> workers = types(map.get("workers"), "workers", standard.workerTypes());
    int least = number(map.get("least_workers"), "least_workers", 1, 1_000, standard.leastUnits());
    int most =
        number(
            map.get("most_workers"),
            "most_workers",
            1,
            1_000,
            Math.max(least, standard.mostUnits()));
    if (most < least) {
      problem(
          map.get("most_workers"),
          "most_workers '" + most + "'",
          "there are to be at least " + least,
          "correct one");
    }
    boolean spot = flag(map.get("spot"), "spot", standard.spot());
    Duration spotTimeout =
        span(map.get("spot_timeout"), "spot_timeout", "PT5M", "P1D", standard.spotTimeout());
    int disk = number(map.get("disk_gib"), "disk_gib", 32, 16_384, standard.diskGib());
    Duration idle = span(map.get("idle"), "idle", "PT1M", "P7D", standard.idle());
    Duration age = span(map.get("age"), "age", "PT10M", "P30D", standard.age());
    return new EmrSettings(
        release, cluster, primary, workers, least, most, spot, spotTimeout, disk, idle, age);
  }

  private Optional<String> matching(
      @Nullable Node node, String key, Pattern pattern, String wayOut) {
    if (node == null) {
      return Optional.empty();
    }
    String text = text(node, key);
    if (!text.isEmpty() && !pattern.matcher(text).matches()) {
      problem(node, key + " '" + text + "'", "it is not understood", wayOut);
    }
    return Optional.of(text);
  }

  private List<String> types(@Nullable Node node, String key, List<String> instead) {
    if (node == null) {
      return instead;
    }
    List<String> types = new ArrayList<>();
    for (Node element : sequence(node, key)) {
      String type = text(element, key);
      if (!type.isEmpty() && !TYPE.matcher(type).matches()) {
        problem(
            element, key + " '" + type + "'", "it is no instance type", "write one as m7g.xlarge");
      } else if (types.contains(type)) {
        problem(element, key + " '" + type + "'", "it stands twice", "remove one");
      }
      types.add(type);
    }
    if (types.isEmpty() || types.size() > MOST_TYPES) {
      problem(node, key, "it has " + types.size() + " types", "list 1 to " + MOST_TYPES);
    }
    return types;
  }

  private int number(@Nullable Node node, String key, int least, int most, int instead) {
    if (node == null) {
      return instead;
    }
    String text = text(node, key);
    if (text.matches("[0-9]{1,6}")
        && Integer.parseInt(text) >= least
        && Integer.parseInt(text) <= most) {
      return Integer.parseInt(text);
    }
    if (!text.isEmpty()) {
      problem(
          node,
          key + " '" + text + "'",
          "it is no number from " + least + " to " + most,
          "correct it");
    }
    return instead;
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

  private Duration span(
      @Nullable Node node, String key, String least, String most, Duration instead) {
    if (node == null) {
      return instead;
    }
    String text = text(node, key);
    Optional<Duration> span =
        JobReader.duration(text)
            .filter(d -> d.compareTo(Duration.parse(least)) >= 0)
            .filter(d -> d.compareTo(Duration.parse(most)) <= 0);
    if (span.isEmpty() && !text.isEmpty()) {
      problem(
          node,
          key + " '" + text + "'",
          "it is no span from " + least + " to " + most,
          "write one as ISO 8601 has it, for instance PT15M");
    }
    return span.orElse(instead);
  }
}
