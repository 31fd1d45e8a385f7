package dev.sluice.testing;

/**
 * Stands around every remote call of a fake. What it throws is what the caller sees, so each call
 * can fail without effect ({@link #before}) or with it ({@link #after}). The death of the process
 * is an {@link Error} that no code under test catches.
 */
public interface FaultHook {

  /** No faults. */
  FaultHook NONE = new FaultHook() {};

  /** Called before the effect; throws to prevent it. */
  default void before(RemoteCall call) {}

  /**
   * Called before the effect, as {@link #before(RemoteCall)}. A request that its sender gave up may
   * still arrive: who throws can keep {@code effect} and run it later, once.
   */
  default void before(RemoteCall call, Runnable effect) {
    before(call);
  }

  /** Called after the effect; throws to lose the answer. */
  default void after(RemoteCall call) {}
}
