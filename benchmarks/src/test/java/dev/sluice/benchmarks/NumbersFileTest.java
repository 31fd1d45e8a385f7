package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersFileTest {
  @TempDir Path folder;

  @Test
  void writingOneSectionKeepsTheOthersAndTheText() throws IOException {
    Path file = folder.resolve("docs/numbers.md");
    NumbersFile.write(file, "one", List.of("## One", "1"));
    NumbersFile.write(file, "two", List.of("## Two", "2"));
    Files.writeString(file, Files.readString(file) + "\nBy hand.\n");
    NumbersFile.write(file, "one", List.of("## One", "11"));

    assertThat(Files.readString(file))
        .startsWith("# Numbers\n")
        .contains("<!-- begin one -->\n## One\n11\n<!-- end one -->\n")
        .contains("<!-- begin two -->\n## Two\n2\n<!-- end two -->\n")
        .endsWith("\nBy hand.\n");
  }

  @Test
  void writingTheSameAgainChangesNothing() {
    String once = NumbersFile.replaced("# Head\n", "x", List.of("a"));
    assertThat(NumbersFile.replaced(once, "x", List.of("a"))).isEqualTo(once);
  }
}
