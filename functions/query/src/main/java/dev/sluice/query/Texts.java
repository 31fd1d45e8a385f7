package dev.sluice.query;

/** Texts from elsewhere that are shown to people. */
final class Texts {
  private Texts() {}

  /** On one line and no longer than that. */
  static String shortened(String text, int length) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }
}
