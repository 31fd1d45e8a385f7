package dev.sluice.model.dataset;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds what somebody probably meant. */
public final class Similar {
  private static final int LISTED = 20;

  private Similar() {}

  /** {@code did you mean 'x'?} if something is near, otherwise the list of what there is. */
  public static String wayOut(String word, Collection<String> known) {
    Optional<String> nearest = nearest(word, known);
    if (nearest.isPresent()) {
      return "did you mean '" + nearest.get() + "'?";
    }
    return known.isEmpty() ? "there are none" : "known: " + list(known);
  }

  static String list(Collection<String> known) {
    String listed = known.stream().limit(LISTED).collect(Collectors.joining(", "));
    return known.size() > LISTED ? listed + " and " + (known.size() - LISTED) + " more" : listed;
  }

  /** The nearest word, when it is near enough to be a slip of the finger. */
  static Optional<String> nearest(String word, Collection<String> known) {
    String folded = fold(word);
    int best = Math.min(3, Math.max(1, word.length() / 3) + 1);
    Optional<String> nearest = Optional.empty();
    for (String candidate : known) {
      int distance = distance(folded, fold(candidate));
      if (distance < best) {
        best = distance;
        nearest = Optional.of(candidate);
      }
    }
    return nearest;
  }

  private static String fold(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** Insertions, deletions, replacements and swaps of neighbours, each counting one. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 2 || a.length() > 300 || b.length() > 300) {
      return Integer.MAX_VALUE;
    }
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
