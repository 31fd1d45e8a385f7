package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from environment variables and gathers every problem, so that one message names
 * them all. While there are problems the values returned are not to be used: call {@link #check}
 * before.
 */
public final class Settings {
  private static final String PREFIX = "SLUICE_";

  private final Map<String, String> environment;
  private final Set<String> known = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  public Settings(Map<String, String> environment) {
    this.environment = environment;
  }

  /** A setting that must be there and not be blank; empty text when it is a problem. */
  public String required(String name, String meaning) {
    String value = value(name);
    if (value == null) {
      problems.add("missing: " + name + " (" + meaning + ")");
      return "";
    }
    return value;
  }

  /**
   * A setting that must be there and that {@code parse} accepts.
   *
   * @param parse throws {@link RuntimeException} with the reason when it does not
   * @param instead what to return when there is a problem
   */
  public <T> T required(String name, String meaning, Function<String, T> parse, T instead) {
    int before = problems.size();
    String value = required(name, meaning);
    return problems.size() > before ? instead : parsed(name, value, parse, instead);
  }

  /** A setting that may be there. */
  public <T> Optional<T> optional(String name, Function<String, T> parse) {
    String value = value(name);
    return value == null
        ? Optional.empty()
        : Optional.ofNullable(this.<@Nullable T>parsed(name, value, parse::apply, null));
  }

  /** Adds a problem that concerns more than one setting. */
  public void problem(String text) {
    problems.add(text);
  }

  /**
   * Ends the reading.
   *
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting
   */
  public void check() {
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(PREFIX) && !known.contains(name)) {
        problems.add("unknown: " + name + " (known are " + String.join(", ", knownOwn()) + ")");
      }
    }
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot start: the environment is not right: "
              + String.join("; ", problems)
              + ". Correct the function's environment variables.");
    }
  }

  private List<String> knownOwn() {
    return known.stream().filter(name -> name.startsWith(PREFIX)).toList();
  }

  private <T> T parsed(String name, String value, Function<String, T> parse, T instead) {
    try {
      return parse.apply(value);
    } catch (RuntimeException e) {
      problems.add("malformed: " + name + "=" + value + " (" + e.getMessage() + ")");
      return instead;
    }
  }

  private @Nullable String value(String name) {
    known.add(name);
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
