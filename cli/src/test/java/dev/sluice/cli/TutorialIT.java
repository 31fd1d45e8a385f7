package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks the steps of "A dataset in ten minutes" in docs/datasets.md, with the text's own words. */
class TutorialIT {
  private static final Pattern FENCE =
      Pattern.compile("(?ms)^```(\\w+)(?: ([^\\n]+))?\\n(.*?)^```$");

  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  /** A fenced block: what language, which file or role, and its text. */
  private record Block(String language, String name, String text) {}

  @Test
  void theTenMinutesWork() throws Exception {
    List<Block> blocks = blocks();
    List<Block> files =
        blocks.stream().filter(block -> block.name().startsWith("datasets/")).toList();
    assertThat(files)
        .extracting(Block::name)
        .containsExactly(
            "datasets/parking/dataset.yaml",
            "datasets/parking/schema.avsc",
            "datasets/parking/sample.ndjson",
            "datasets/parking/dataset.yaml");

    // 1 to 3: two lines of declaration, and everything is read and written.
    for (Block file : files.subList(0, 3)) {
      write(file.name(), file.text());
    }
    assertThat(files.get(0).text().lines()).hasSize(2);
    String convert = command(blocks, "./sluice convert");
    assertThat(run(convert)).as(sluice::err).isZero();
    assertThat(sluice.out()).containsPattern("records written +4\n");

    // 4: partitions and rules, into another folder.
    write(files.get(3).name(), files.get(3).text());
    assertThat(run(convert.replace("/tmp/parking", "/tmp/again"))).isEqualTo(Main.QUARANTINED);
    assertThat(sluice.out())
        .containsPattern("records written +3\n")
        .containsPattern("RULE_VIOLATED +1  line 4: ");
    try (Stream<Path> all = Files.walk(folder.resolve("tmp/again"))) {
      assertThat(all.map(Path::toString))
          .anyMatch(file -> file.contains("level=A/day=2026-03-01/") && file.endsWith(".parquet"));
    }

    // 5: a mistake is refused with the message that the text shows.
    write(files.get(3).name(), files.get(3).text().replace("day(left_at)", "day(left)"));
    assertThat(run(convert)).isEqualTo(Main.FAILED);
    Block refused =
        blocks.stream().filter(block -> block.name().equals("refused")).findFirst().orElseThrow();
    assertThat(sluice.err()).contains(refused.text().strip());

    // 6: the same over the local lake.
    write(files.get(3).name(), files.get(3).text());
    uploadAndQuery(blocks);
  }

  private void uploadAndQuery(List<Block> blocks) throws IOException, InterruptedException {
    Matcher upload =
        Pattern.compile("s3 cp (\\S+) s3://([^/]+)/(\\S+)/").matcher(command(blocks, "aws "));
    assertThat(upload.find()).isTrue();
    try (LocalLake lake =
        LocalLake.start(sluice.console(), folder.resolve("data"), 0, folder.resolve("datasets"))) {
      Path sample = folder.resolve(upload.group(1));
      new S3Location(upload.group(2), upload.group(3) + "/" + sample.getFileName())
          .upload(lake.aws(), sample);
      Lakes.awaitLedger(lake, 1);
      sluice.environment("AWS_ENDPOINT_URL", lake.aws().address());

      assertThat(run(command(blocks, "./sluice sql \"SELECT level, sum(paid)") + " --format csv"))
          .as(sluice::err)
          .isZero();
      assertThat(sluice.out().lines().skip(1)).containsExactlyInAnyOrder("A,30.50", "B,2.00");
      assertThat(run(command(blocks, "./sluice sql \"SELECT line, reason") + " --format csv"))
          .as(sluice::err)
          .isZero();
      assertThat(sluice.out()).contains("4,RULE_VIOLATED,");
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  // As a shell would split it; the folders of the text are those of the test.
  private int run(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(command);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : inTest(word.group(2)));
    }
    assertThat(words.remove(0)).isEqualTo("./sluice");
    return sluice.run(words.toArray());
  }

  private String inTest(String word) {
    return word.startsWith("datasets/") || word.startsWith("/tmp/")
        ? folder.resolve(word.replaceFirst("^/", "")).toString()
        : word;
  }

  private static String command(List<Block> blocks, String start) {
    return blocks.stream()
        .filter(block -> block.language().equals("sh"))
        .flatMap(block -> Arrays.stream(block.text().split("\n")))
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow(() -> new AssertionError("docs/datasets.md has no command " + start));
  }

  private static List<Block> blocks() throws IOException {
    String text =
        Files.readString(Path.of(System.getProperty("sluice.root"), "docs", "datasets.md"));
    int start = text.indexOf("## A dataset in ten minutes\n");
    int end = text.indexOf("\n## ", start + 3);
    List<Block> blocks = new ArrayList<>();
    Matcher fence = FENCE.matcher(text.substring(start, end));
    while (fence.find()) {
      blocks.add(
          new Block(fence.group(1), fence.group(2) == null ? "" : fence.group(2), fence.group(3)));
    }
    return blocks;
  }
}
