package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.sqs.Queues;
import dev.sluice.lake.sqs.Sqs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
