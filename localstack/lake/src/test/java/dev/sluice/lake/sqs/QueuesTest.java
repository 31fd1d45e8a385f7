package dev.sluice.lake.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueuesTest {
  static final Duration NOW = Duration.ZERO;

  @TempDir Path folder;
  final ManualClock clock = new ManualClock();
  Queues queues;

  @BeforeEach
  void open() {
    queues = open("queues.journal");
    queues.create("dead", Map.of());
    queues.create(
        "q",
        Map.of(
            "VisibilityTimeout",
            "30",
            "RedrivePolicy",
            "{\"deadLetterTargetArn\":\"" + queues.arn("dead") + "\",\"maxReceiveCount\":3}"));
  }

  Queues open(String file) {
    return Queues.open(folder.resolve(file), "us-east-1", "000000000000", clock);
  }

  @AfterEach
  void close() {
    queues.close();
  }

  /** What another process finds after this one was killed: the file as it is on disk now. */
  void crash() throws Exception {
    Files.copy(
        folder.resolve("queues.journal"),
        folder.resolve("copy"),
        StandardCopyOption.REPLACE_EXISTING);
    queues.close();
    Files.move(
        folder.resolve("copy"),
        folder.resolve("queues.journal"),
        StandardCopyOption.REPLACE_EXISTING);
    queues = open("queues.journal");
  }

  void send(String body) {
    queues.send(queues.arn("q"), body);
  }

  List<ReceivedMessage> receive(String queue) throws InterruptedException {
    return queues.receive(queue, 10, null, NOW);
  }

  ReceivedMessage receiveOne() throws InterruptedException {
    List<ReceivedMessage> received = receive("q");
    assertThat(received).hasSize(1);
    return received.getFirst();
  }

  @Test
  void aMessageIsHandedOutOnceUntilItsVisibilityTimeoutIsOver() throws Exception {
    send("a");
    ReceivedMessage first = receiveOne();
    assertThat(first.body()).isEqualTo("a");
    assertThat(first.system()).containsEntry("ApproximateReceiveCount", "1");
    assertThat(receive("q")).isEmpty();
    assertThat(queues.counts("q")).isEqualTo(new Queues.Counts(0, 1, 0));

    clock.advance(Duration.ofSeconds(29));
    assertThat(receive("q")).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    ReceivedMessage second = receiveOne();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.receiptHandle()).isNotEqualTo(first.receiptHandle());
    assertThat(second.system())
        .containsEntry("ApproximateReceiveCount", "2")
        .containsEntry(
            "ApproximateFirstReceiveTimestamp",
            first.system().get("ApproximateFirstReceiveTimestamp"));
  }

  @Test
  void onlyTheNewestReceiptDeletes() throws Exception {
    send("a");
    ReceivedMessage first = receiveOne();
    clock.advance(Duration.ofSeconds(30));
    ReceivedMessage second = receiveOne();
    queues.deleteMessage("q", first.receiptHandle());
    assertThat(queues.counts("q").total()).isEqualTo(1);
    queues.deleteMessage("q", second.receiptHandle());
    assertThat(queues.counts("q").total()).isZero();
    queues.deleteMessage("q", second.receiptHandle());
  }

  @Test
  void aReceiptOfAnotherFormIsRefused() {
    for (String handle : List.of("", "x", "?", "YWJj", "YTox")) {
      assertThatThrownBy(() -> queues.deleteMessage("q", handle))
          .isInstanceOfSatisfying(
              ServiceException.class,
              e -> assertThat(e.code()).isEqualTo("com.amazonaws.sqs#ReceiptHandleIsInvalid"));
    }
  }

  @Test
  void changingVisibilityToZeroShowsAMessageAtOnce() throws Exception {
    send("a");
    ReceivedMessage first = receiveOne();
    queues.changeVisibility("q", first.receiptHandle(), Duration.ZERO);
    receiveOne();
    assertThatThrownBy(() -> queues.changeVisibility("q", first.receiptHandle(), Duration.ZERO))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo("com.amazonaws.sqs#MessageNotInflight"));
  }

  @Test
  void aDelayedMessageStaysBackAndIsCountedAsDelayed() throws Exception {
    queues.send("q", List.of(new Queues.Outgoing("a", 60, Map.of(), null)));
    assertThat(receive("q")).isEmpty();
    assertThat(queues.counts("q")).isEqualTo(new Queues.Counts(0, 0, 1));
    clock.advance(Duration.ofSeconds(60));
    receiveOne();
  }

  @Test
  void aMessageThatFailsTooOftenGoesToTheDeadLetterQueue() throws Exception {
    send("poison");
    String id = "";
    for (int i = 0; i < 3; i++) {
      id = receiveOne().id();
      clock.advance(Duration.ofSeconds(30));
    }
    assertThat(receive("q")).isEmpty();
    assertThat(queues.counts("q").total()).isZero();
    List<ReceivedMessage> dead = receive("dead");
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().id()).isEqualTo(id);
    assertThat(dead.getFirst().system()).containsEntry("DeadLetterQueueSourceArn", queues.arn("q"));
    assertThat(queues.deadLetterSources("dead")).containsExactly("q");
  }

  @Test
  void aMessageSentAnewHasAnotherIdAndKeepsItsCount() throws Exception {
    send("a");
    ReceivedMessage first = receiveOne();
    queues.sendAnew("q", first.receiptHandle(), Duration.ofSeconds(10));
    queues.sendAnew("q", first.receiptHandle(), Duration.ZERO);
    assertThat(queues.counts("q")).isEqualTo(new Queues.Counts(0, 1, 0));

    clock.advance(Duration.ofSeconds(10));
    ReceivedMessage second = receiveOne();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.body()).isEqualTo("a");
    assertThat(second.system()).containsEntry("ApproximateReceiveCount", "2");

    crash();
    queues.sendReceivedAnew("q");
    ReceivedMessage third = receiveOne();
    assertThat(third.id()).isNotEqualTo(second.id());
    assertThat(third.system()).containsEntry("ApproximateReceiveCount", "3");
  }

  @Test
  void redriveBringsDeadMessagesBackAsNewOnes() throws Exception {
    aMessageThatFailsTooOftenGoesToTheDeadLetterQueue();
    clock.advance(Duration.ofMinutes(5));
    assertThat(queues.redrive("dead", null)).isEqualTo(1);
    crash();
    assertThat(receiveOne().system()).containsEntry("ApproximateReceiveCount", "1");
    assertThat(queues.counts("dead").total()).isZero();
  }

  @Test
  void everythingAcknowledgedSurvivesACrash() throws Exception {
    Set<String> kept = new TreeSet<>();
    for (int i = 0; i < 25; i++) {
      send("m" + i);
    }
    for (int round = 0; round < 3; round++) {
      for (ReceivedMessage message : receive("q")) {
        if (message.body().endsWith("3")) {
          queues.deleteMessage("q", message.receiptHandle());
        } else {
          kept.add(message.body());
        }
      }
    }
    assertThat(kept).hasSize(22);

    crash();

    assertThat(queues.counts("q")).isEqualTo(new Queues.Counts(22, 0, 0));
    Set<String> found = new TreeSet<>();
    List<ReceivedMessage> again = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      again.addAll(receive("q"));
    }
    again.forEach(message -> found.add(message.body()));
    assertThat(found).isEqualTo(kept);
    assertThat(again)
        .allSatisfy(m -> assertThat(m.system()).containsEntry("ApproximateReceiveCount", "2"));
  }

  @Test
  void deadLettersAndAttributesSurviveACrash() throws Exception {
    for (int i = 0; i < 3; i++) {
      send("poison");
      clock.advance(Duration.ofSeconds(1));
    }
    for (int i = 0; i < 4; i++) {
      receive("q");
      clock.advance(Duration.ofSeconds(30));
    }
    queues.setAttributes("q", Map.of("VisibilityTimeout", "5", "RedrivePolicy", ""));
    crash();
    assertThat(queues.counts("dead").total()).isEqualTo(3);
    assertThat(queues.attributes("q"))
        .containsEntry("VisibilityTimeout", "5")
        .doesNotContainKey("RedrivePolicy");
    assertThat(queues.names("")).containsExactly("dead", "q");
  }

  @Test
  void aReceiptStillDeletesAfterACrash() throws Exception {
    send("a");
    ReceivedMessage received = receiveOne();
    crash();
    queues.deleteMessage("q", received.receiptHandle());
    assertThat(queues.counts("q").total()).isZero();
  }

  @Test
  void theJournalIsCompactedAndStillWhole() throws Exception {
    String body = "x".repeat(10_000);
    send("keep");
    ReceivedMessage keep = receiveOne();
    clock.advance(Duration.ofSeconds(20));
    for (int i = 0; i < 2_000; i++) {
      send(body);
      queues.deleteMessage("q", receiveOne().receiptHandle());
    }
    assertThat(Files.size(folder.resolve("queues.journal"))).isLessThan(10 << 20);
    crash();
    ReceivedMessage again = receiveOne();
    assertThat(again.id()).isEqualTo(keep.id());
    assertThat(again.system()).containsEntry("ApproximateReceiveCount", "2");
  }

  @Test
  void aWaitingReceiverGetsAMessageWhenItArrives() throws Exception {
    CompletableFuture<List<ReceivedMessage>> waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return queues.receive("q", 10, null, Duration.ofSeconds(20));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Thread.sleep(50);
    send("a");
    assertThat(waiting.get(15, TimeUnit.SECONDS)).hasSize(1);
  }

  @Test
  void closingLetsAWaitingReceiverGo() throws Exception {
    CompletableFuture<List<ReceivedMessage>> waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return queues.receive("q", 10, null, Duration.ofHours(1));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Thread.sleep(50);
    queues.close();
    assertThat(waiting.get(15, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void manyThreadsGetEachMessageOnce() {
    int messages = 2_000;
    Set<String> seen = new ConcurrentSkipListSet<>();
    List<CompletableFuture<Integer>> consumers =
        IntStream.range(0, 4)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () -> {
                      int count = 0;
                      try {
                        while (seen.size() < messages) {
                          for (ReceivedMessage m :
                              queues.receive("q", 10, null, Duration.ofMillis(20))) {
                            assertThat(seen.add(m.body())).as(m.body()).isTrue();
                            queues.deleteMessage("q", m.receiptHandle());
                            count++;
                          }
                        }
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      return count;
                    },
                    task -> Thread.ofVirtual().start(task)))
            .toList();
    IntStream.range(0, messages).forEach(i -> send("m" + i));
    assertThat(consumers.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(messages);
    assertThat(queues.counts("q").total()).isZero();
  }

  @Test
  void purgeAndDeleteEmptyTheQueue() throws Exception {
    send("a");
    queues.purge("q");
    send("b");
    crash();
    assertThat(receiveOne().body()).isEqualTo("b");
    queues.delete("q");
    crash();
    assertThat(queues.exists("q")).isFalse();
    assertThatThrownBy(() -> send("c"))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo("com.amazonaws.sqs#QueueDoesNotExist"));
  }

  @Test
  void creatingAgainIsRefusedOnlyWithOtherAttributes() {
    queues.create("q", Map.of());
    queues.create("q", Map.of("VisibilityTimeout", "30"));
    refused("QueueNameExists", () -> queues.create("q", Map.of("VisibilityTimeout", "31")));
  }

  @Test
  void attributesThatMakeNoSenseAreRefused() {
    refused("InvalidAttributeName", () -> queues.create("x", Map.of("Nonsense", "1")));
    refused("InvalidAttributeValue", () -> queues.create("x", Map.of("DelaySeconds", "901")));
    refused("InvalidAttributeValue", () -> queues.create("x", Map.of("DelaySeconds", "one")));
    refused("InvalidAttributeValue", () -> queues.create("x", Map.of("RedrivePolicy", "{}")));
    refused(
        "InvalidAttributeValue",
        () ->
            queues.create(
                "x",
                Map.of(
                    "RedrivePolicy",
                    "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:absent\","
                        + "\"maxReceiveCount\":3}")));
    refused("UnsupportedOperation", () -> queues.create("x.fifo", Map.of()));
    refused("UnsupportedOperation", () -> queues.create("x", Map.of("FifoQueue", "true")));
    assertThat(queues.exists("x")).isFalse();
  }

  private static void refused(String code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo("com.amazonaws.sqs#" + code));
  }
}
