package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher script in a checkout whose Maven and whose JDK are small scripts. */
class LauncherIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  @TempDir Path folder;

  private Path checkout;
  private Path jdk;
  private String output = "";

  @BeforeEach
  void prepare() throws IOException {
    checkout = Files.createDirectory(folder.resolve("check out"));
    for (String file : List.of("sluice", "cli/src/main/resources/dev/sluice/cli/help.txt")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.copy(ROOT.resolve(file), checkout.resolve(file));
    }
    Files.createDirectories(checkout.resolve("core/model/src/main/java"));
    Files.writeString(checkout.resolve("core/model/src/main/java/A.java"), "class A {}");
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    script(
        checkout.resolve("mvnw"),
        """
        echo "$@" >>maven-ran
        [ ! -f broken ] || { echo "[INFO] Building"; echo "[ERROR] A.java: not Java"; exit 1; }
        mkdir -p cli/target
        : >cli/target/sluice-cli-1.0.jar
        : >library.jar
        printf '%s' "$PWD/library.jar" >cli/target/classpath.txt
        """);
    jdk = jdk("25.0.3");
    // Older than the first build, as in a real checkout.
    try (Stream<Path> all = Files.walk(checkout)) {
      for (Path each : all.toList()) {
        Files.setLastModifiedTime(each, FileTime.from(Instant.now().minusSeconds(60)));
      }
    }
  }

  @Test
  void helpNeedsNeitherJdkNorBuild() throws Exception {
    assertThat(sluice()).isZero();
    assertThat(output).isEqualTo(Main.help());
    assertThat(sluice("--help")).isZero();
    assertThat(output).isEqualTo(Main.help());
    assertThat(builds()).isEmpty();
  }

  @Test
  void theProgramIsBuiltOnceAndRunWithItsArguments() throws Exception {
    assertThat(sluice("sql", "SELECT 'a  b'")).isEqualTo(7);

    assertThat(output)
        .contains("Sluice is built once")
        .contains("dev.sluice.cli.Main|sql|SELECT 'a  b'|")
        .contains("-Dsluice.root=" + checkout);
    assertThat(sluice("version")).isEqualTo(7);
    assertThat(output).doesNotContain("uilt");
    assertThat(builds()).hasSize(1).first().asString().endsWith("package");
  }

  @Test
  void aChangedSourceIsBuiltAgain() throws Exception {
    sluice("version");
    Files.setLastModifiedTime(
        checkout.resolve("core/model/src/main/java/A.java"),
        FileTime.from(Instant.now().plusSeconds(5)));

    sluice("version");

    assertThat(builds()).hasSize(2);
  }

  @Test
  void aLibraryThatIsGoneIsFetchedAgain() throws Exception {
    sluice("version");
    Files.delete(checkout.resolve("library.jar"));

    sluice("version");

    assertThat(builds()).hasSize(2);
  }

  @Test
  void aBuildThatFailsShowsItsErrorsAndRunsNothing() throws Exception {
    Files.writeString(checkout.resolve("broken"), "");

    assertThat(sluice("version")).isEqualTo(1);

    assertThat(output)
        .contains("[ERROR] A.java: not Java")
        .contains("sluice: Cannot build: ")
        .contains("build.log")
        .doesNotContain("dev.sluice.cli.Main");
  }

  @Test
  void testRunsAllOfMavensTestsAndPassesArgumentsOn() throws Exception {
    assertThat(sluice("test", "-Dtest=A")).isZero();

    assertThat(builds()).containsExactly("-B -ntp verify -Dtest=A");
  }

  @Test
  void aJdkThatIsTooOldIsPassedOver() throws Exception {
    jdk = jdk("17.0.15");

    sluice("version");

    assertThat(output).doesNotContain("17.0.15|");
  }

  @Test
  void onlyShortConversionsDoWithoutTheOptimizingCompiler() throws Exception {
    Path small = Files.writeString(folder.resolve("a small.json"), "{}");
    Path large = Files.write(folder.resolve("large.json.gz"), new byte[101 << 20]);
    String quick = "|-XX:TieredStopAtLevel=1|";

    sluice("convert", "--out", large.toString(), small.toString(), "absent.json");
    assertThat(output).contains(quick);
    sluice("convert", small.toString(), large.toString());
    assertThat(output).contains("|convert|").doesNotContain(quick);
    sluice("simulate", small.toString());
    assertThat(output).contains("|simulate|").doesNotContain(quick);
  }

  private int sluice(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", checkout.resolve("sluice").toString()));
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.directory(folder.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }

  private List<String> builds() throws IOException {
    Path ran = checkout.resolve("maven-ran");
    return Files.exists(ran) ? Files.readAllLines(ran) : List.of();
  }

  // Its java prints its arguments and exits with 7.
  private Path jdk(String version) throws IOException {
    Path home = folder.resolve("jdk " + version);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), "printf '%s|' '" + version + "' \"$@\"\nexit 7\n");
    script(home.resolve("bin/javac"), "exit 1\n");
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
