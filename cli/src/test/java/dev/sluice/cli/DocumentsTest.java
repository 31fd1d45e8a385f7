package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents that name what is there. */
class DocumentsTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)(?:#[^)]*)?\\)");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        links++;
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          broken.add(ROOT.relativize(document) + " links to " + link.group(1));
        }
      }
    }
    assertThat(links).isPositive();
    assertThat(broken).isEmpty();
  }

  @Test
  void everyDecisionIsInTheIndex() throws IOException {
    Path folder = ROOT.resolve("docs/decisions");
    String index = Files.readString(folder.resolve("README.md"));
    try (Stream<Path> records = Files.list(folder)) {
      assertThat(records.map(record -> record.getFileName().toString()))
          .filteredOn(name -> name.matches("\\d{4}-.*\\.md"))
          .isNotEmpty()
          .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
    }
  }

  @Test
  void theReadmeNamesOnlyCommandsThatExist() throws IOException {
    List<String> known =
        new ArrayList<>(Main.commands(new Recorder().console()).getSubcommands().keySet());
    known.addAll(List.of("test", "build", "bench", "cdk", "COMMAND"));
    Matcher command =
        Pattern.compile("\\./sluice ([A-Za-z]+)")
            .matcher(Files.readString(ROOT.resolve("README.md")));
    List<String> named = new ArrayList<>();
    while (command.find()) {
      named.add(command.group(1));
    }
    assertThat(named).contains("demo", "test").isSubsetOf(known);
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .forEach(documents::add);
    }
    return documents;
  }
}
