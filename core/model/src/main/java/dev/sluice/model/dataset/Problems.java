package dev.sluice.model.dataset;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a declaration, so that one message can say all of it. */
final class Problems {
  private final List<String> lines = new ArrayList<>();

  /**
   * Takes down one problem.
   *
   * @param where the file, with its line where known
   * @param thing what is wrong there
   * @param reason why it is wrong
   * @param wayOut what to do about it
   */
  void add(String where, String thing, String reason, String wayOut) {
    String line = "- " + where + ": " + thing + ": " + reason + "; " + wayOut;
    if (!lines.contains(line)) {
      lines.add(line);
    }
  }

  int count() {
    return lines.size();
  }

  /** Throws when there is any problem; the message starts with {@code Cannot <what>}. */
  void throwIfAny(String what, Object place) {
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
