package dev.sluice.model.dataset;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Everything that is wrong with a declaration, so that one message can say all of it. */
public final class Problems {
  /** A declaration that quotes a file by mistake shall not fill the screen. */
  private static final int LONGEST = 500;

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029]+");

  private final List<String> lines = new ArrayList<>();

  /**
   * Takes down one problem.
   *
   * @param where the file, with its line where known
   * @param thing what is wrong there
   * @param reason why it is wrong
   * @param wayOut what to do about it
   */
  public void add(String where, String thing, String reason, String wayOut) {
    String line = "- " + where + ": " + cut(thing) + ": " + cut(reason) + "; " + cut(wayOut);
    line = CONTROL.matcher(line).replaceAll(" ");
    if (!lines.contains(line)) {
      lines.add(line);
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** How many there are. */
  public int count() {
    return lines.size();
  }

  /** Throws when there is any problem; the message starts with {@code Cannot <what>}. */
  public void throwIfAny(String what, Object place) {
    if (lines.isEmpty()) {
      return;
    }
    throw new SluiceException(
        ErrorCode.INVALID_DECLARATION,
        "Cannot "
            + what
            + ": "
            + lines.size()
            + (lines.size() == 1 ? " problem" : " problems")
            + " in the declaration: "
            + place
            + "\n"
            + String.join("\n", lines));
  }
}
