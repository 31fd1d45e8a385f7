package dev.sluice.lake.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmIT {
  static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  @TempDir Path folder;

  /** Stands for a child that would run for ever. */
  public static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] args) throws Exception {
      System.out.println("args " + String.join(",", args) + " env " + System.getenv());
      System.out.flush();
      Files.writeString(Path.of(args[0]), "up");
      Thread.sleep(Duration.ofHours(1));
    }
  }

  /** Stands for a child whose shutdown hangs. */
  public static final class Stubborn {
    private Stubborn() {}

    public static void main(String[] args) throws Exception {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                try {
                  Thread.sleep(Duration.ofHours(1));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
      Sleeper.main(args);
    }
  }

  /** Stands for a main that fails. */
  public static final class Failing {
    private Failing() {}

    public static void main(String[] args) {
      throw new IllegalStateException("no good");
    }
  }

  /** A lake with two children. */
  public static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      try (ChildJvm one = ChildJvm.start(spec(folder, Sleeper.class, "one"));
          ChildJvm two = ChildJvm.start(spec(folder, Stubborn.class, "two"))) {
        await(() -> Files.exists(folder.resolve("one")) && Files.exists(folder.resolve("two")));
        Files.writeString(folder.resolve("pids.new"), one.pid() + " " + two.pid());
        Files.move(folder.resolve("pids.new"), folder.resolve("pids"));
        Thread.sleep(Duration.ofHours(1));
      }
    }
  }

  static ChildJvm.Spec spec(Path folder, Class<?> main, String name) {
    Predicate<String> isFile = entry -> !entry.isEmpty();
    return new ChildJvm.Spec(
        "the child " + name,
        JAVA_HOME,
        List.of("-Xmx32m", "-XX:+UseSerialGC"),
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(isFile)
            .map(Path::of)
            .toList(),
        main.getName(),
        List.of(folder.resolve(name).toString()),
        Map.of("ONLY", "this"),
        folder.resolve("logs").resolve(name + ".log"),
        folder.resolve("work-" + name));
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void childrenEndWhenTheParentIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                JAVA_HOME.resolve("bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                folder.toString())
            .inheritIO()
            .start();
    await(() -> Files.exists(folder.resolve("pids")) || !parent.isAlive());
    List<ProcessHandle> children =
        Arrays.stream(Files.readString(folder.resolve("pids")).split(" "))
            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
            .toList();
    assertThat(children).hasSize(2).allMatch(ProcessHandle::isAlive);

    parent.destroyForcibly().waitFor();

    await(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void closeEndsTheChildAndItsLogAndEnvironmentAreItsOwn() throws Exception {
    ChildJvm child = ChildJvm.start(spec(folder, Sleeper.class, "x"));
    await(() -> Files.exists(folder.resolve("x")));
    assertThat(child.isAlive()).isTrue();
    child.close();
    assertThat(child.isAlive()).isFalse();
    assertThat(child.onExit().get(10, TimeUnit.SECONDS)).isZero();
    assertThat(Files.readString(folder.resolve("logs/x.log")))
        .contains("ONLY=this")
        .doesNotContain("PATH=");
  }

  @Test
  void closeKillsAChildThatDoesNotExit() throws Exception {
    ChildJvm child = ChildJvm.start(spec(folder, Stubborn.class, "x"));
    await(() -> Files.exists(folder.resolve("x")));
    child.close();
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void aMainThatThrowsEndsTheChildWithAnError() throws Exception {
    try (ChildJvm child = ChildJvm.start(spec(folder, Failing.class, "x"))) {
      assertThat(child.onExit().get(60, TimeUnit.SECONDS)).isEqualTo(1);
    }
    assertThat(Files.readString(folder.resolve("logs/x.log"))).contains("no good");
  }

  @Test
  void whatIsMissingIsSaidClearly() {
    ChildJvm.Spec good = spec(folder, Sleeper.class, "x");
    assertThatThrownBy(() ->
            ChildJvm.start(
                new ChildJvm.Spec(
                    "Athena's engine",
                    folder,
                    List.of(),
                    List.of(),
                    "Main",
                    List.of(),
                    Map.of(),
                    good.logFile(),
                    good.workingDir())))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("Athena's engine")
        .hasMessageContaining("JAVA_HOME");
    assertThatThrownBy(() ->
            ChildJvm.start(
                new ChildJvm.Spec(
                    "the function",
                    JAVA_HOME,
                    List.of(),
                    List.of(folder.resolve("absent.jar")),
                    "Main",
                    List.of(),
                    Map.of(),
                    good.logFile(),
                    good.workingDir())))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("absent.jar");
  }
}
