package dev.sluice.model.job;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limits;
import java.util.regex.Pattern;

/**
 * Where the code of the jobs lies, and what it may load. Both names change with the content, so
 * that a run always reads what it was launched with.
 *
 * @param jar the job jar, {@code s3://…}
 * @param datasets a zip file of the folder of declarations, {@code s3://…}
 * @param limits what one upload may ask for when a job loads it
 */
public record JobCode(String jar, String datasets, Limits limits) {
  private static final Pattern URI =
      Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/=-]{1,900}");

  public JobCode {
    check("jar", jar, ".jar");
    check("datasets", datasets, ".zip");
  }

  /** With the limits as they are by default. */
  public JobCode(String jar, String datasets) {
    this(jar, datasets, Limits.defaults());
  }

  private static void check(String what, String uri, String ending) {
    if (!URI.matcher(uri).matches() || !uri.endsWith(ending)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run jobs: the location of the "
              + what
              + " is no s3://bucket/key"
              + ending
              + ": "
              + uri);
    }
  }
}
