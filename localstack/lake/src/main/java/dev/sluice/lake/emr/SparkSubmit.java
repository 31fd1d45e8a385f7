package dev.sluice.lake.emr;

import dev.sluice.lake.api.ServiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A step's {@code spark-submit}, as it is executed here: on this machine instead of YARN, with the
 * step's own options wherever they say what is computed.
 *
 * @param options what {@code SparkSubmit} is given as it came
 * @param properties {@code -D} options of the driver
 * @param resource the application's jar
 * @param arguments the application's own
 */
public record SparkSubmit(
    List<String> options, List<String> properties, String resource, List<String> arguments) {

  /** Options with a value that mean the same here. */
  private static final Set<String> KEPT =
      Set.of(
          "--archives",
          "--class",
          "--exclude-packages",
          "--files",
          "--jars",
          "--name",
          "--packages",
          "--repositories");

  /** Options with a value that choose machines, of which there is one here. */
  private static final Set<String> MACHINES =
      Set.of(
          "--driver-cores",
          "--driver-memory",
          "--executor-cores",
          "--executor-memory",
          "--num-executors",
          "--queue",
          "--total-executor-cores");

  /** Where EMR has Iceberg, which is on the class path here. */
  private static final String EMR_ICEBERG = "/usr/share/aws/iceberg/";

  private static final Pattern MASTER = Pattern.compile("yarn(-cluster|-client)?|local(\\[.*])?");

  public SparkSubmit {
    options = List.copyOf(options);
    properties = List.copyOf(properties);
    arguments = List.copyOf(arguments);
  }

  /**
   * Reads the arguments of {@code command-runner.jar}.
   *
   * @throws ServiceException {@code ValidationException} naming what cannot be done here
   */
  public static SparkSubmit parse(List<String> args) {
    if (args.isEmpty()
        || !args.getFirst()
            .substring(args.getFirst().lastIndexOf('/') + 1)
            .equals("spark-submit")) {
      throw refused(
          "command-runner.jar runs spark-submit and nothing else",
          args.isEmpty() ? "no arguments" : args.getFirst());
    }
    List<String> options = new ArrayList<>();
    List<String> properties = new ArrayList<>();
    int next = 1;
    while (next < args.size() && args.get(next).startsWith("-")) {
      String option = args.get(next++);
      if (option.equals("--verbose") || option.equals("-v")) {
        options.add(option);
        continue;
      } else if (option.equals("--supervise")) {
        continue;
      }
      String value;
      int equals = option.indexOf('=');
      if (option.startsWith("--") && equals > 0) {
        value = option.substring(equals + 1);
        option = option.substring(0, equals);
      } else if (next < args.size()) {
        value = args.get(next++);
      } else {
        throw new ServiceException(
            400, "ValidationException", "Cannot run the step: an option has no value: " + option);
      }
      switch (option) {
        case "--master" -> master(value);
        case "--deploy-mode" -> deployMode(value);
        case "--conf", "-c" -> conf(value, options, properties);
        case "--driver-java-options" -> properties(value, properties);
        case "--jars" -> add(options, "--jars", jars(value), "");
        default -> {
          if (KEPT.contains(option)) {
            options.add(option);
            options.add(value);
          } else if (!MACHINES.contains(option)) {
            throw refused("the local lake does not support this option of spark-submit", option);
          }
        }
      }
    }
    if (next == args.size()) {
      throw new ServiceException(
          400, "ValidationException", "Cannot run the step: spark-submit is given no application.");
    }
    String resource = args.get(next++);
    if (!resource.endsWith(".jar")) {
      throw refused("the local lake runs applications in jars, not in Python or R", resource);
    }
    return new SparkSubmit(options, properties, resource, args.subList(next, args.size()));
  }

  /** The arguments of {@code org.apache.spark.deploy.SparkSubmit} on this machine. */
  public List<String> local() {
    List<String> args = new ArrayList<>(options);
    args.add("--master");
    args.add("local[*]");
    args.add(resource);
    args.addAll(arguments);
    return args;
  }

  private static void conf(String conf, List<String> options, List<String> properties) {
    int equals = conf.indexOf('=');
    String name = equals < 0 ? conf : conf.substring(0, equals);
    String value = equals < 0 ? "" : conf.substring(equals + 1);
    switch (name) {
      case "spark.master" -> master(value);
      case "spark.submit.deployMode" -> deployMode(value);
      case "spark.driver.extraJavaOptions", "spark.driver.defaultJavaOptions" ->
          properties(value, properties);
      case "spark.jars" -> add(options, "--conf", jars(value), "spark.jars=");
      default -> {
        options.add("--conf");
        options.add(conf);
      }
    }
  }

  private static void master(String value) {
    if (!MASTER.matcher(value).matches()) {
      throw refused("steps run on YARN, or here on this machine; this is another master", value);
    }
  }

  private static void deployMode(String value) {
    if (!value.equals("cluster") && !value.equals("client")) {
      throw refused("there is no such deploy mode", value);
    }
  }

  /** Heap and collector are this machine's; what the application asks for is its properties. */
  private static void properties(String options, List<String> properties) {
    for (String option : options.strip().split("\\s+")) {
      if (option.startsWith("-D")) {
        properties.add(option);
      }
    }
  }

  private static String jars(String list) {
    return Arrays.stream(list.split(","))
        .filter(jar -> !jar.startsWith(EMR_ICEBERG) && !jar.startsWith("file://" + EMR_ICEBERG))
        .collect(Collectors.joining(","));
  }

  private static void add(List<String> options, String option, String value, String before) {
    if (!value.isEmpty()) {
      options.add(option);
      options.add(before + value);
    }
  }

  private static ServiceException refused(String why, String what) {
    return new ServiceException(
        400, "ValidationException", "Cannot run the step: " + why + ": " + what);
  }
}
