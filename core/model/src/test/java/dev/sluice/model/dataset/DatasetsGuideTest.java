package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.HiveTypes;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.GoldTable;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.Schedule;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what {@code docs/datasets.md} tells its readers to do. */
class DatasetsGuideTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)(?: (\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern TYPE_ROW =
      Pattern.compile("^\\| `(.+?)` \\|.*\\| `([^`]+)` \\|$", Pattern.MULTILINE);

  @TempDir Path home;
  private final String guide;

  DatasetsGuideTest() throws IOException {
    guide = Files.readString(Path.of(System.getProperty("sluice.root"), "docs", "datasets.md"));
  }

  private record Block(String language, String file, String text) {}

  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(guide);
    while (matcher.find()) {
      blocks.add(
          new Block(
              matcher.group(1),
              matcher.group(2) == null ? "" : matcher.group(2),
              matcher.group(3)));
    }
    return blocks;
  }

  @Test
  void theTenMinutesLeadToADataset() throws IOException {
    Path folder = home.resolve("datasets/parking");
    List<String> written = new ArrayList<>();
    for (Block block : blocks()) {
      if (block.file().startsWith("datasets/")) {
        Path file = home.resolve(block.file());
        Files.createDirectories(file.getParent());
        Files.writeString(file, block.text());
        written.add(file.getFileName().toString());
        if (Files.exists(folder.resolve("schema.avsc"))) {
          assertThat(DatasetLoader.load(folder).name()).isEqualTo("parking");
        }
      }
    }

    assertThat(written)
        .containsExactly("dataset.yaml", "schema.avsc", "sample.ndjson", "dataset.yaml");
    Dataset dataset = Datasets.load(home.resolve("datasets")).get("parking");
    assertThat(dataset.partitions().fields())
        .extracting(PartitionField::column)
        .containsExactly("level", "day");
    assertThat(dataset.rules()).hasSize(4);
    for (String line : Files.readAllLines(folder.resolve("sample.ndjson"))) {
      assertThat(Json.parseObject(line)).containsKeys("ticket", "level", "left_at");
    }
  }

  @Test
  void theMistakeIsAnsweredAsShown() throws IOException {
    Path folder = Files.createDirectories(home.resolve("datasets/parking"));
    String shown = "";
    for (Block block : blocks()) {
      if (block.file().startsWith("datasets/parking")) {
        Files.writeString(
            home.resolve(block.file()), block.text().replace("day(left_at)", "day(left)"));
      } else if (block.file().equals("refused")) {
        shown = block.text().strip();
      }
    }

    SluiceException e =
        catchThrowableOfType(SluiceException.class, () -> DatasetLoader.load(folder));

    assertThat(e.getMessage().lines().skip(1)).containsExactly(shown);
  }

  @Test
  void everyTypeOfTheTableIsTheColumnItSays() {
    Matcher row = TYPE_ROW.matcher(guide);
    int rows = 0;
    while (row.find()) {
      if (!row.group(1).startsWith("\"") && !row.group(1).startsWith("{\"type\"")) {
        continue;
      }
      Problems problems = new Problems();
      String schema =
          "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"f\", \"type\": "
              + row.group(1)
              + "}]}";
      var type = new SchemaReader("guide", problems).read(schema).orElseThrow();
      assertThat(HiveTypes.of(type.fields().get(0).type()))
          .as(row.group(1))
          .isEqualTo(row.group(2));
      rows++;
    }
    assertThat(rows).isEqualTo(16);
  }

  @Test
  void everyReasonAndEveryKeyIsExplained() {
    for (Reason reason : Reason.values()) {
      assertThat(guide).contains("| `" + reason.name() + "` |");
    }
    for (String key : DeclarationReader.KEYS) {
      assertThat(guide).contains("| `" + key + "` |");
    }
  }

  @Test
  void theJobIsOneAndEveryKeyOfItIsExplained() throws IOException {
    Path root = home.resolve("datasets");
    for (Block block : blocks()) {
      if (block.file().startsWith("datasets/")) {
        Path file = home.resolve(block.file());
        Files.createDirectories(file.getParent());
        Files.writeString(
            file,
            file.endsWith(DatasetLoader.FILE) ? block.text() + "jobs: [takings]\n" : block.text());
      } else if (!block.file().isEmpty() && block.language().equals("yaml")) {
        Path file = root.resolve(block.file());
        Files.createDirectories(file.getParent());
        Files.writeString(file, block.text());
      }
    }
    Files.writeString(root.resolve("parking/jobs/takings.sql"), "SELECT 1");

    Jobs jobs = Jobs.load(root, Datasets.load(root));

    JobDeclaration job = jobs.get("parking/takings");
    assertThat(job.tables()).extracting(GoldTable::name).containsExactly("parking_takings");
    assertThat(job.schedule().orElseThrow().zone().getId()).isEqualTo("Europe/Berlin");
    assertThat(EmrSettings.load(root)).isEqualTo(EmrSettings.defaults());
    String declarations = Files.readString(root.resolve("parking/jobs/takings.yaml"));
    for (String key : declarations.lines().filter(l -> l.matches("[a-z_]+:.*")).toList()) {
      assertThat(guide).contains("| `" + key.substring(0, key.indexOf(':')) + "` |");
    }
    Matcher expression = Pattern.compile("`((cron|rate)\\([^`]*\\))`").matcher(guide);
    int expressions = 0;
    while (expression.find()) {
      Schedule.of(expression.group(1), ZoneId.of("UTC"));
      expressions++;
    }
    assertThat(expressions).isEqualTo(9);
  }

  @Test
  void theViewIsOne() throws IOException {
    Path root = home.resolve("datasets");
    for (Block block : blocks()) {
      Path file =
          block.file().startsWith("datasets/")
              ? home.resolve(block.file())
              : root.resolve(block.file());
      if (!block.file().isEmpty() && !block.language().equals("text")) {
        Files.createDirectories(file.getParent());
        Files.writeString(
            file,
            file.endsWith(DatasetLoader.FILE)
                ? block.text() + "views: [parking_daily]\n"
                : block.text());
      }
    }

    assertThat(Views.load(root, Datasets.load(root)))
        .extracting(ViewDefinition::name, view -> view.columns().size())
        .containsExactly(tuple("parking_daily", 4));
  }

  @Test
  void theOtherExamplesAreValidToo() throws IOException {
    String fields =
        """
        {"name": "purchase_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "country", "type": "string"}
        """;
    StringBuilder yaml = new StringBuilder("name: example\nschema: schema.avsc\n");
    StringBuilder schema = new StringBuilder(fields);
    for (Block block : blocks()) {
      if (block.file().isEmpty() && block.language().equals("yaml")) {
        yaml.append(block.text());
      } else if (block.file().isEmpty() && block.language().equals("json")) {
        schema.append(", ").append(block.text());
      }
    }
    Path folder = Files.createDirectories(home.resolve("example"));
    Files.writeString(folder.resolve("dataset.yaml"), yaml);
    Files.writeString(
        folder.resolve("schema.avsc"),
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" + schema + "]}");

    Dataset dataset = DatasetLoader.load(folder);

    assertThat(dataset.partitions().projected()).isTrue();
    assertThat(dataset.schema().fields()).hasSize(4);
  }
}
