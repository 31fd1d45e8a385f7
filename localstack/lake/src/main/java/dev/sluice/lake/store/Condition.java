package dev.sluice.lake.store;

import dev.sluice.lake.api.ServiceException;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the current object for a write to happen.
 *
 * @param ifMatch an ETag (quotes do not matter) or {@code *}, or null
 * @param ifNoneMatch an ETag or {@code *}, or null
 */
public record Condition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
  /** Always holds. */
  public static final Condition NONE = new Condition(null, null);

  void check(@Nullable Version current) {
    boolean exists = current != null && !current.deleteMarker();
    if (ifMatch != null) {
      if (current == null || !exists) {
        throw new ServiceException(404, "NoSuchKey", "The specified key does not exist.");
      }
      if (!matches(ifMatch, current.etag())) {
        throw failed();
      }
    }
    if (ifNoneMatch != null && current != null && exists && matches(ifNoneMatch, current.etag())) {
      throw failed();
    }
  }

  /** Whether the ETag is one of a header's. */
  public static boolean matches(String header, String etag) {
    for (String candidate : header.split(",")) {
      String text = candidate.strip();
      if (text.startsWith("W/")) {
        text = text.substring(2);
      }
      text = text.replace("\"", "");
      if (text.equals("*") || text.equals(etag)) {
        return true;
      }
    }
    return false;
  }

  private static ServiceException failed() {
    return new ServiceException(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }
}
