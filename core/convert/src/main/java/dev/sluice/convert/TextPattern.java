package dev.sluice.convert;

import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Matches whole texts against a regular expression in a bounded number of steps. Java's engine
 * tries alternatives one after the other, which hostile text can make take for ever; it looks at a
 * character at every step, so that is where they are counted.
 */
final class TextPattern implements Predicate<String> {
  private static final long STEPS_PER_CHARACTER = 10;

  private final Pattern pattern;
  private final long steps;

  TextPattern(String pattern, Limits limits) {
    this.pattern = Pattern.compile(pattern);
    this.steps = limits.get(Limit.PATTERN_STEPS);
  }

  /**
   * @throws TooCostly when the answer takes more steps than the limit
   */
  @Override
  public boolean test(String text) {
    try {
      return pattern
          .matcher(new Counted(text, steps + STEPS_PER_CHARACTER * text.length()))
          .matches();
    } catch (StackOverflowError e) {
      // Groups that repeat recurse for every character.
      throw new TooCostly();
    }
  }

  /** The answer is not worth what it takes to find it. */
  static final class TooCostly extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooCostly() {
      super("too many steps", null, false, false);
    }
  }

  private static final class Counted implements CharSequence {
    private final String text;
    private long left;

    Counted(String text, long steps) {
      this.text = text;
      this.left = steps;
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new TooCostly();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
