package dev.sluice.lake.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.store.Notifier.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a process that is killed while it writes. */
class ObjectStoreKillIT {
  private static final int ROUNDS = 5;
  private static final Notifier NOTIFIER =
      change -> List.of(new Message("queue", change.key() + " " + change.version().size()));

  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedIsThereWholeAndAnnouncedAndNothingIsHalf() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, Integer> acknowledged = new LinkedHashMap<>();
    Path data = folder.resolve("data");
    for (int round = 0; round < ROUNDS; round++) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx128m",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  ObjectStoreKillIT.class.getName(),
                  data.toString(),
                  Integer.toString(round))
              .redirectError(folder.resolve("errors").toFile())
              .start();
      int lines = 20 + random.nextInt(200);
      try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
        String line = null;
        for (int i = 0; i < lines && (line = out.readLine()) != null; i++) {
          String[] words = line.split(" ");
          acknowledged.put(words[0], Integer.parseInt(words[1]));
        }
        assertThat(line).as(Files.readString(folder.resolve("errors"))).isNotNull();
        // The handle's, for the process's own closes the stream as well.
        child.toHandle().destroyForcibly();
        // What was acknowledged between the last line read and the kill counts as well; a last
        // line that was cut does not.
        while ((line = out.readLine()) != null) {
          String[] words = line.split(" ");
          if (words.length == 3) {
            acknowledged.put(words[0], Integer.parseInt(words[1]));
          }
        }
      } finally {
        child.destroyForcibly();
      }
      child.waitFor();
      check(data, acknowledged, "round " + round + ", seed " + seed);
    }
  }

  private static void check(Path data, Map<String, Integer> acknowledged, String where)
      throws IOException, InterruptedException {
    try (ObjectStore store =
        ObjectStore.open(data, Journal.Sync.NEVER, Clock.systemUTC(), NOTIFIER)) {
      Set<String> files = new HashSet<>();
      store
          .bucket("b")
          .keys()
          .forEach((key, versions) -> {
            byte[] content = store.get("b", key).orElseThrow();
            assertThat(content).as(where + ", " + key).isEqualTo(content(key, content.length));
            assertThat(versions.getFirst().size()).as(where).isEqualTo(content.length);
            versions.forEach(v -> v.content().segments().forEach(s -> files.add(s.file().name)));
          });
      acknowledged.forEach((key, size) ->
          assertThat(store.get("b", key).map(content -> content.length))
              .as(where + ", " + key)
              .contains(size));
      assertThat(store.undelivered())
          .as(where)
          .isEqualTo(store.bucket("b").keys().size())
          .isGreaterThanOrEqualTo(acknowledged.size());
      store.awaitSweep();
      try (Stream<Path> found = Files.walk(data.resolve("content"))) {
        assertThat(found.filter(Files::isRegularFile).map(p -> p.getFileName().toString()))
            .as(where)
            .containsExactlyInAnyOrderElementsOf(files);
      }
    }
  }

  private static byte[] content(String key, int length) {
    byte[] content = new byte[length];
    new Random(key.hashCode()).nextBytes(content);
    return content;
  }

  /** Stores objects and says so, until it is killed. */
  public static void main(String[] arguments) {
    ObjectStore store =
        ObjectStore.open(Path.of(arguments[0]), Journal.Sync.NEVER, Clock.systemUTC(), NOTIFIER);
    store.createBucket("b", Map.of());
    Random random = new Random();
    for (int i = 0; ; i++) {
      String key = "round-" + arguments[1] + "/" + i;
      int size = random.nextInt(4) == 0 ? random.nextInt(2_000_000) : random.nextInt(2000);
      store.put("b", key, content(key, size), "application/octet-stream");
      System.out.println(key + " " + size + " .");
      System.out.flush();
    }
  }
}
