package dev.sluice.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.PartitionRegistrar.Partition;
import dev.sluice.testing.AwsEndpoint;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.ObjectStoreContract;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

class S3ObjectStoreIT extends ObjectStoreContract {
  private final InMemoryObjectStore objects =
      new InMemoryObjectStore(Clock.systemUTC(), FaultHook.NONE, 1000)
          .bucket("plain", false)
          .bucket("versioned", true);
  private final FakePartitionRegistrar partitions = new FakePartitionRegistrar(FaultHook.NONE);
  private AwsEndpoint endpoint;
  private AwsClients clients;
  private ObjectStore store;

  @BeforeEach
  void start() throws IOException {
    endpoint = new AwsEndpoint(objects, partitions);
    clients =
        new AwsClients(
            new AwsSettings(Region.US_EAST_1, Optional.of(endpoint.uri())),
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
    store = clients.objects();
  }

  @AfterEach
  void stop() {
    clients.close();
    endpoint.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected String bucket() {
    return "plain";
  }

  @Override
  protected String versionedBucket() {
    return "versioned";
  }

  @Override
  protected void upload(ObjectName name, byte[] bytes) {
    objects.upload(name, bytes);
  }

  @Test
  void aThrottledCallIsTriedAgain() {
    endpoint.failNext(503, 500);

    assertThat(store.head(new ObjectName("plain", "no"))).isEmpty();
    assertThat(endpoint.requests()).hasSize(3);
  }

  @Test
  void aServiceThatKeepsFailingIsUnavailable() {
    endpoint.failNext(503, 503, 503, 503, 503, 503);

    assertThatThrownBy(() -> store.putIfAbsent(new ObjectName("plain", "a"), Content.of("x"), "t"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("s3://plain/a");
  }

  @Test
  void noAnswerIsUnavailable() {
    endpoint.close();

    assertThatThrownBy(() -> store.head(new ObjectName("plain", "a")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void arefusalIsAMatterOfSettings() {
    endpoint.failNext(403);

    assertThatThrownBy(() -> store.open(new ObjectName("plain", "a")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS));
  }

  @Test
  void partitionsAreRegisteredInBatchesAndOnlyOnceInEffect() {
    List<Partition> many = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      many.add(new Partition(List.of("v" + i, "x"), "s3://lake/silver/t/a=v" + i + "/b=x/"));
    }
    GluePartitionRegistrar glue = clients.partitions(Clock.systemUTC());

    glue.register("silver", "t", many);
    endpoint.failNext(503);
    glue.register("silver", "t", many.subList(0, 1));

    assertThat(partitions.registered())
        .hasSize(250)
        .contains(new FakePartitionRegistrar.Registered("silver", "t", many.get(249)));
    // One look at the table and three batches; then a failure, a look and a batch.
    assertThat(endpoint.requests()).hasSize(7);
  }

  @Test
  void noPartitionsAreNoCall() {
    clients.partitions(Clock.systemUTC()).register("silver", "t", List.of());

    assertThat(endpoint.requests()).isEmpty();
  }

  @Test
  void messagesAreSentInBatchesUntilAllAreTaken() {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      bodies.add("message " + i);
    }
    SqsQueue queue = clients.queue("hints", Clock.systemUTC());

    endpoint.failNext(503);
    endpoint.refuseNext(2);
    queue.send(bodies);

    assertThat(endpoint.messages())
        .containsExactlyInAnyOrderElementsOf(
            bodies.stream().map(b -> endpoint.uri() + "/000000000000/hints " + b).toList());
    // A failure, the queue's address, three batches, and what the first of them did not take.
    assertThat(endpoint.requests()).hasSize(6);
  }

  @Test
  void aQueueThatTakesNothingIsUnavailable() {
    endpoint.refuseNext(4);

    assertThatThrownBy(() -> clients.queue("hints", Clock.systemUTC()).send(List.of("one")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("did not take 1 of 1");
  }
}
