package dev.sluice.lake.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The main class of every child JVM: ends the JVM when standard input ends, which the operating
 * system brings about when the parent is gone, even by SIGKILL; then runs the real main class.
 *
 * <p>It travels to the child alone in a jar, so it uses the JDK and nothing else.
 */
public final class Guard {
  private static final long MILLIS_TO_EXIT = 3_000;

  private Guard() {}

  /**
   * Runs {@code args[0]}'s main with the rest of the arguments.
   *
   * @throws Throwable what that main throws
   */
  public static void main(String[] args) throws Throwable {
    Thread watch = new Thread(Guard::awaitParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    try {
      Class.forName(args[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void awaitParent() {
    byte[] ignored = new byte[64];
    try {
      while (System.in.read(ignored) >= 0) {
        // Nothing is ever said, only the end is.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    Thread exit = new Thread(() -> System.exit(0), "parent-gone");
    exit.setDaemon(true);
    exit.start();
    try {
      exit.join(MILLIS_TO_EXIT);
    } catch (InterruptedException e) {
      // Only sooner.
    }
    // A shutdown hook hangs.
    Runtime.getRuntime().halt(1);
  }
}
