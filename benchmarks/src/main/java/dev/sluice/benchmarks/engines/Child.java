package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.Failure;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that is told what to do by lines of JSON on its standard input, and answers with lines
 * of JSON: any number of arrays, and an object last, with {@code cpu} and {@code wall}, the seconds
 * that it took by its own count, or with {@code error}. What it writes to its standard error goes
 * to a file.
 */
public final class Child implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private final Thread killer;
  private final String version;

  /**
   * Starts it, and waits for its first line, {@code {"version": …}}.
   *
   * @param name for messages
   * @param log the file for its standard error
   */
  public Child(String name, List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    this.name = name;
    this.log = log;
    Files.createDirectories(log.toAbsolutePath().getParent());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
    killer = new Thread(process::destroyForcibly, "end of " + name);
    Runtime.getRuntime().addShutdownHook(killer);
    requests =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    version = String.valueOf(Json.parseObject(line()).get("version"));
  }

  /** What it says of itself. */
  public String version() {
    return version;
  }

  /**
   * What came of a request.
   *
   * @param rows one element for each line before the last
   * @param cost as the process counted it
   * @param end the object on the last line
   */
  public record Answer(
      List<List<@Nullable Object>> rows, Cpu cost, Map<String, @Nullable Object> end) {
    public Answer {
      rows = List.copyOf(rows);
    }
  }

  /**
   * Asks, and waits for the whole answer.
   *
   * @throws Failure when the answer is an error, or the process ended
   */
  public Answer ask(Map<String, ?> request) throws IOException {
    requests.write(Json.write(request));
    requests.write('\n');
    requests.flush();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    while (true) {
      String line = line();
      if (line.startsWith("[")) {
        rows.add(row(line));
        continue;
      }
      Map<String, @Nullable Object> end = Json.parseObject(line);
      if (end.get("error") != null) {
        throw new Failure("Cannot go on: " + name + " says: " + end.get("error"));
      }
      return new Answer(rows, new Cpu(seconds(end, "cpu"), seconds(end, "wall")), end);
    }
  }

  /** An array on one line. */
  @SuppressWarnings("unchecked")
  static List<@Nullable Object> row(String line) {
    if (Json.parse(line) instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw new IllegalArgumentException("Not an array: " + line);
  }

  private static double seconds(Map<String, @Nullable Object> end, String name) {
    Object value = end.get(name);
    if (value instanceof Long whole) {
      return whole;
    }
    return value instanceof BigDecimal decimal ? decimal.doubleValue() : Double.NaN;
  }

  private String line() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new Failure("Cannot go on: " + name + " ended; its own words are in " + log);
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().removeShutdownHook(killer);
    }
  }
}
