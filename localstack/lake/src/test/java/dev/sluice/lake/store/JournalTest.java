package dev.sluice.lake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.store.Journal.Sync;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  @Test
  void recordsComeBackInOrderAfterReopening() {
    Path file = folder.resolve("deep/state.journal");
    write(file, "one", "", "three");
    assertThat(read(file)).containsExactly("one", "", "three");
    write(file, "four");
    assertThat(read(file)).containsExactly("one", "", "three", "four");
  }

  @Test
  void aTornTailIsCutAtEveryByteOffset() throws IOException {
    Path whole = folder.resolve("whole");
    List<Integer> ends = new ArrayList<>();
    try (Journal journal = Journal.open(whole, Sync.NEVER, record -> {})) {
      for (String record : List.of("alpha", "", "gamma-gamma", "d")) {
        ends.add((int) journal.size());
        journal.append(bytes(record));
      }
      ends.add((int) journal.size());
    }
    byte[] content = Files.readAllBytes(whole);
    assertThat(content).hasSize(ends.getLast());
    List<String> all = List.of("alpha", "", "gamma-gamma", "d");
    for (int length = 0; length <= content.length; length++) {
      Path torn = folder.resolve("torn-" + length);
      Files.write(torn, Arrays.copyOf(content, length));
      int expected = 0;
      while (expected < 4 && ends.get(expected + 1) <= length) {
        expected++;
      }
      assertThat(read(torn)).as("cut at %d", length).isEqualTo(all.subList(0, expected));
      write(torn, "next");
      assertThat(read(torn)).as("appended after the cut at %d", length).endsWith("next");
      assertThat(read(torn)).hasSize(expected + 1);
    }
  }

  @Test
  void aLastRecordWithWrongContentIsCutAndReported() throws IOException {
    Path file = folder.resolve("state");
    write(file, "one", "two");
    byte[] content = Files.readAllBytes(file);
    content[content.length - 1] ^= 1;
    Files.write(file, content);
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {})) {
      assertThat(journal.cut()).isEqualTo(8 + 3);
    }
    assertThat(read(file)).containsExactly("one");
  }

  @Test
  void zerosAtTheEndAreCut() throws IOException {
    Path file = folder.resolve("state");
    write(file, "one");
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, content.length + 5000));
    assertThat(read(file)).containsExactly("one");
  }

  @Test
  void damageBeforeTheEndIsRefusedAndLeftAlone() throws IOException {
    Path file = folder.resolve("state");
    write(file, "one", "two", "three");
    byte[] content = Files.readAllBytes(file);
    content[8 + 8] ^= 1;
    Files.write(file, content);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("damaged at byte 8")
        .hasMessageContaining(file.toString());
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }

  @Test
  void anotherFileIsRefusedAndLeftAlone() throws IOException {
    Path file = folder.resolve("notes.txt");
    Files.writeString(file, "important words");
    assertThatThrownBy(() -> read(file)).hasMessageContaining("no journal");
    assertThat(file).hasContent("important words");
  }

  @Test
  void oneJournalIsOpenOnceAtATime() {
    Path file = folder.resolve("state");
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {})) {
      assertThatThrownBy(() -> read(file)).hasMessageContaining("in use");
      journal.append(bytes("still works"));
    }
    assertThat(read(file)).containsExactly("still works");
  }

  @Test
  void compactingReplacesTheRecordsAndAppendingGoesOn() {
    Path file = folder.resolve("state");
    try (Journal journal = Journal.open(file, Sync.ALWAYS, record -> {})) {
      for (int i = 0; i < 100; i++) {
        journal.append(bytes("old " + i));
      }
      long before = journal.size();
      journal.compact(out -> out.accept(bytes("snapshot")));
      assertThat(journal.size()).isLessThan(before);
      journal.append(bytes("new"));
    }
    assertThat(read(file)).containsExactly("snapshot", "new");
  }

  @Test
  void aFailedCompactionLeavesEverythingAsItWas() {
    Path file = folder.resolve("state");
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {})) {
      journal.append(bytes("old"));
      assertThatThrownBy(() ->
              journal.compact(out -> {
                out.accept(bytes("half"));
                throw new IllegalStateException("no snapshot");
              }))
          .hasMessage("no snapshot");
      journal.append(bytes("new"));
    }
    assertThat(read(file)).containsExactly("old", "new");
    assertThat(folder.resolve("state.new")).doesNotExist();
  }

  @Test
  void theRemainsOfAnInterruptedCompactionAreIgnored() throws IOException {
    Path file = folder.resolve("state");
    write(file, "one");
    Files.writeString(folder.resolve("state.new"), "SLUICEJ1 and then half a rec");
    assertThat(read(file)).containsExactly("one");
    assertThat(folder.resolve("state.new")).doesNotExist();
  }

  @Test
  void manyThreadsAppendWithoutLosingOrMixingRecords() throws Exception {
    Path file = folder.resolve("state");
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {});
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 20; t++) {
        String name = "thread " + t + " ";
        threads.submit(() -> {
          for (int i = 0; i < 100; i++) {
            journal.append(bytes(name + i));
          }
        });
      }
    }
    List<String> records = read(file);
    assertThat(records).hasSize(2000).doesNotHaveDuplicates();
  }

  @Test
  void anInterruptedThreadStillWrites() throws Exception {
    Path file = folder.resolve("state");
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {})) {
      Thread thread =
          Thread.ofPlatform()
              .start(() -> {
                Thread.currentThread().interrupt();
                journal.append(bytes("interrupted"));
              });
      thread.join();
      journal.append(bytes("after"));
    }
    assertThat(read(file)).containsExactly("interrupted", "after");
  }

  @Test
  void appendingToAClosedJournalFails() {
    Journal journal = Journal.open(folder.resolve("state"), Sync.NEVER, record -> {});
    journal.close();
    assertThatThrownBy(() -> journal.append(bytes("late")))
        .isInstanceOf(UncheckedIOException.class);
  }

  private static void write(Path file, String... records) {
    try (Journal journal = Journal.open(file, Sync.NEVER, record -> {})) {
      for (String record : records) {
        journal.append(bytes(record));
      }
    }
  }

  private static List<String> read(Path file) {
    List<String> records = new ArrayList<>();
    Journal.open(
            file, Sync.NEVER, record -> records.add(new String(record, StandardCharsets.UTF_8)))
        .close();
    return records;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
