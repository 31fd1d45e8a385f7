package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
  @TempDir Path folder;

  @Test
  void foldersAreReadToTheBottomInOrder() throws IOException {
    Path b = file("in/b.json");
    Path a = file("in/a.json");
    Path deep = file("in/c/d/e.json");

    assertThat(paths(folder.resolve("in"))).containsExactly(a, b, deep);
  }

  @Test
  void hiddenAndUnderscoreNamesAreLeftOut() throws IOException {
    Path seen = file("in/a.json");
    file("in/.a.json.swp");
    file("in/_SUCCESS");
    file("in/_temporary/0.json");
    file("in/.git/config");

    assertThat(paths(folder.resolve("in"))).containsExactly(seen);
  }

  @Test
  void theOutputIsNotAnInput() throws IOException {
    Path seen = file("in/a.json");
    file("in/out/x.parquet");

    assertThat(Inputs.find(List.of(folder.resolve("in")), folder.resolve("in/out")))
        .extracting(Inputs.Input::path)
        .containsExactly(seen);
  }

  @Test
  void aFileNamedTwiceIsReadOnce() throws IOException {
    Path a = file("in/a.json");

    assertThat(paths(a, folder.resolve("in/../in/a.json"), folder.resolve("in")))
        .containsExactly(a);
  }

  @Test
  void filesOfTheSameNameHaveDifferentStems() throws IOException {
    file("in/x/a.json");
    file("in/y/a.json");

    assertThat(Inputs.find(List.of(folder.resolve("in")), folder.resolve("out")))
        .extracting(Inputs.Input::stem)
        .doesNotHaveDuplicates()
        .allSatisfy(stem -> assertThat(stem).startsWith("a-").matches("[A-Za-z0-9_-]+"));
  }

  @Test
  void oneFileHasOneStemHoweverItIsNamed() throws IOException {
    Path a = file("in/a.json");
    Path other = folder.resolve("in/../in/a.json");

    assertThat(stem(a)).isEqualTo(stem(other)).isEqualTo(stem(a));
  }

  @Test
  void stemsAreFitForFileNames() {
    assertThat(Inputs.stem(Path.of("/x/läsningar (1).json.gz")))
        .matches("l-sningar--1--[0-9a-f]{16}");
    assertThat(Inputs.stem(Path.of("/x/" + "n".repeat(300) + ".json"))).hasSize(57);
    assertThat(Inputs.stem(Path.of("/x/.hidden.json"))).startsWith("-hidden-");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> paths(folder.resolve("none.json")))
        .isInstanceOf(Failure.class)
        .hasMessage("Cannot convert a file: it does not exist: " + folder.resolve("none.json"));
  }

  @Test
  void anEmptyFolderIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("in/_nothing"));

    assertThatThrownBy(() -> paths(folder.resolve("in")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("it holds no files")
        .hasMessageEndingWith(folder.resolve("in").toString());
  }

  private String stem(Path file) throws IOException {
    return Inputs.find(List.of(file), folder.resolve("out")).get(0).stem();
  }

  private List<Path> paths(Path... named) throws IOException {
    return Inputs.find(List.of(named), folder.resolve("out")).stream()
        .map(Inputs.Input::path)
        .toList();
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "{}");
  }
}
