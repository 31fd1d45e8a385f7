package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a measurement was taken on.
 *
 * @param cpu the processor's name, as the system tells it
 * @param cores processors that this process may use
 * @param memoryBytes of the machine, or of the container around this process
 * @param os name, version and architecture
 * @param java version and vendor of the JVM
 * @param javaOptions what the JVM was started with, as far as it bears on speed
 * @param loadBefore processes that ran or waited in the last minute before; negative when unknown
 * @param versions of the libraries that take part, by name
 */
public record Machine(
    String cpu,
    int cores,
    long memoryBytes,
    String os,
    String java,
    List<String> javaOptions,
    double loadBefore,
    Map<String, String> versions) {

  /** Looks at this machine and this JVM. */
  public static Machine look() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        cpuName(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")",
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> option.startsWith("-X") && !option.contains("/"))
            .toList(),
        system.getSystemLoadAverage(),
        libraryVersions());
  }

  private static String cpuName() {
    try {
      Path info = Path.of("/proc/cpuinfo");
      if (Files.exists(info)) {
        return Files.readAllLines(info).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      }
    } catch (IOException e) {
      return "unknown";
    }
    return System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "unknown");
  }

  private static Map<String, String> libraryVersions() {
    Properties properties = new Properties();
    try (InputStream in = Machine.class.getResourceAsStream("versions.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> versions = new TreeMap<>();
    properties.forEach((name, version) -> versions.put(name.toString(), version.toString()));
    return versions;
  }

  /** For a machine to read. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cpu", cpu);
    json.put("cores", (long) cores);
    json.put("memory_bytes", memoryBytes);
    json.put("os", os);
    json.put("java", java);
    json.put("java_options", javaOptions);
    json.put("load_before", Stats.rounded(loadBefore));
    json.put("versions", versions);
    return json;
  }

  /** Lines of Markdown for people. */
  public List<String> lines() {
    StringBuilder libraries = new StringBuilder();
    versions.forEach((name, version) ->
        libraries.append(libraries.isEmpty() ? "" : ", ").append(name).append(' ').append(version));
    return List.of(
        "- Machine: "
            + cpu
            + ", "
            + cores
            + " cores, "
            + Text.bytes(memoryBytes)
            + " of memory, "
            + os
            + "; load average before: "
            + Text.number(loadBefore),
        "- Java: " + java + (javaOptions.isEmpty() ? "" : ", " + String.join(" ", javaOptions)),
        "- Versions: " + libraries);
  }
}
