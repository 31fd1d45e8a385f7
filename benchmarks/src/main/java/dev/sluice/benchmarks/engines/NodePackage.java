package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Shipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An engine that npm has, of one version, installed into a folder of the benchmarks' own when it is
 * first asked for.
 */
public enum NodePackage {
  /** Polars; its native part is a package of its own, named for the platform. */
  POLARS("nodejs-polars", "0.26.1") {
    @Override
    List<String> packages() {
      return List.of("nodejs-polars@0.26.1", "nodejs-polars-" + platform() + "@0.26.1");
    }
  },
  /** ClickHouse as a library. */
  CLICKHOUSE("chdb", "3.4.0");

  private static final long MOST_MINUTES = 10;

  private final String library;
  private final String version;

  NodePackage(String library, String version) {
    this.library = library;
    this.version = version;
  }

  List<String> packages() {
    return List.of(library + "@" + version);
  }

  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String cpu = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
    return os.contains("mac")
        ? "darwin-" + cpu
        : os.contains("win") ? "win32-" + cpu + "-msvc" : "linux-" + cpu + "-gnu";
  }

  /**
   * Installs it, unless it is there, and starts it.
   *
   * @param home the folder for packages; each gets one below
   * @throws Failure when Node.js or npm is missing, or the package cannot be installed
   */
  public Child start(Path home, Map<String, String> environment) throws IOException {
    Path own = Files.createDirectories(home.resolve(library + "-" + version));
    Path script = own.resolve("peers.js");
    Path done = own.resolve("installed");
    if (!Files.exists(done)) {
      Files.writeString(own.resolve("package.json"), "{\"private\": true}\n");
      List<String> command =
          new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--save-exact"));
      command.addAll(packages());
      run(command, own);
      Files.writeString(done, String.join("\n", packages()) + "\n");
    }
    Files.write(script, Shipped.bytes("engines/peers.js"));
    return new Child(
        library,
        List.of("node", script.toString(), library),
        environment,
        own.resolve("stderr.log"));
  }

  private static void run(List<String> command, Path folder) throws IOException {
    Path log = folder.resolve("npm.log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
          throw new Failure(
              "Cannot install: npm failed: " + String.join(" ", command) + "; see " + log);
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The wait for npm was interrupted", e);
    } catch (IOException e) {
      throw new Failure(
          "Cannot install: npm does not run: " + e.getMessage() + ". Install Node.js 20 or later.");
    }
  }
}
