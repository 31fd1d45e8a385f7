package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.store.Content;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class InMemoryObjectStoreTest extends ObjectStoreContract {
  private final InMemoryObjectStore store =
      new InMemoryObjectStore(Clock.systemUTC(), FaultHook.NONE, 10)
          .bucket("plain", false)
          .bucket("versioned", true);

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
    store.upload(name, bytes);
  }

  @Test
  void faultsStandBeforeAndAfterTheEffect() {
    FaultHook faults =
        new FaultHook() {
          @Override
          public void before(RemoteCall call) {
            if (call.target().endsWith("/before")) {
              throw new IllegalStateException("before");
            }
          }

          @Override
          public void after(RemoteCall call) {
            if (call.target().endsWith("/after")) {
              throw new IllegalStateException("after");
            }
          }
        };
    InMemoryObjectStore faulty =
        new InMemoryObjectStore(Clock.systemUTC(), faults, 10).bucket("b", false);

    assertThatThrownBy(
            () -> faulty.putIfAbsent(new ObjectName("b", "before"), Content.of("x"), "t"))
        .hasMessage("before");
    assertThatThrownBy(() -> faulty.putIfAbsent(new ObjectName("b", "after"), Content.of("x"), "t"))
        .hasMessage("after");
    assertThat(faulty.keys("b", "")).containsExactly("after");
  }
}
