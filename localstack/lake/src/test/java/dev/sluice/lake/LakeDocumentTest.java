package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.Objects;
import dev.sluice.lake.athena.AthenaService;
import dev.sluice.lake.athena.AthenaSettings;
import dev.sluice.lake.emr.EmrService;
import dev.sluice.lake.emr.EmrSettings;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.glue.GlueService;
import dev.sluice.lake.sqs.Queues;
import dev.sluice.lake.sqs.Sqs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeDocumentTest {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("sluice.root")).resolve("docs/local-lake.md");

  @TempDir Path folder;

  @Test
  void theDocumentListsTheOperationsOfSqs() throws Exception {
    try (Queues queues =
        Queues.open(folder.resolve("q"), "us-east-1", "000000000000", Clock.systemUTC())) {
      listed(new Sqs(queues, "000000000000", () -> URI.create("http://x"), Clock.systemUTC()));
    }
  }

  @Test
  void theDocumentListsTheOperationsOfGlueAndAthena() throws Exception {
    try (GlueCatalog catalog = GlueCatalog.open(folder.resolve("glue"), Clock.systemUTC());
        AthenaService athena =
            new AthenaService(
                catalog,
                new NoObjects(),
                new NoEngine(),
                AthenaSettings.of(folder.resolve("athena"), "s3://results/"),
                Clock.systemUTC())) {
      listed(new GlueService(catalog));
      listed(athena);
    }
  }

  @Test
  void theDocumentListsTheOperationsOfEmr() throws Exception {
    try (EmrService emr =
        new EmrService(
            new NoSteps(),
            new NoObjects(),
            event -> {},
            new EmrSettings(folder.resolve("emr"), folder.resolve("logs"), "us-east-1", "0", 1),
            Clock.systemUTC())) {
      listed(emr);
    }
  }

  /** Nothing is stored here. */
  private static final class NoObjects implements Objects {
    @Override
    public void put(String bucket, String key, byte[] content, String contentType) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> get(String bucket, String key) {
      return Optional.empty();
    }

    @Override
    public List<String> list(String bucket, String prefix, int most) {
      return List.of();
    }
  }

  private static void listed(JsonService service) throws Exception {
    Matcher section =
        Pattern.compile(
                "<!-- operations:" + service.target() + " -->(.*?)<!-- end -->", Pattern.DOTALL)
            .matcher(Files.readString(DOCUMENT));
    assertThat(section.find()).as("operations of %s in %s", service.target(), DOCUMENT).isTrue();
    Set<String> documented = new TreeSet<>();
    Matcher name = Pattern.compile("`(\\w+)`").matcher(section.group(1));
    while (name.find()) {
      documented.add(name.group(1));
    }
    assertThat(documented).isEqualTo(new TreeSet<>(service.operations().keySet()));
  }
}
