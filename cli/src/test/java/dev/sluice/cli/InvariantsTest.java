package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/invariants.md names enforcers that exist. */
class InvariantsTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z0-9]+)`");

  @Test
  void everyEnforcerOfAnInvariantExists() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(ROOT)) {
      classes =
          files
              .filter(f -> f.toString().endsWith(".java"))
              .map(f -> f.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
    }
    List<String> missing = new ArrayList<>();
    int invariants = 0;
    for (String paragraph :
        Files.readString(ROOT.resolve("docs/invariants.md")).split("\n\\s*\n")) {
      if (!paragraph.contains("Enforced by: ")) {
        continue;
      }
      invariants++;
      String enforcers = paragraph.substring(paragraph.indexOf("Enforced by: "));
      Matcher matcher = CLASS.matcher(enforcers);
      boolean any = false;
      while (matcher.find()) {
        any = true;
        if (!classes.contains(matcher.group(1))) {
          missing.add(matcher.group(1));
        }
      }
      assertThat(any).as(paragraph).isTrue();
    }
    assertThat(missing).isEmpty();
    assertThat(invariants).isGreaterThan(10);
  }
}
