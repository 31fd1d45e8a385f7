package dev.sluice.lake.api;

import java.util.Map;

/** A service that speaks AWS's JSON protocol, where {@code X-Amz-Target} names the operation. */
public interface JsonService {

  /** What stands before the dot in {@code X-Amz-Target}, for instance {@code AmazonAthena}. */
  String target();

  /** The supported operations by name. Anything else is refused by name. */
  Map<String, JsonOperation<?, ?>> operations();
}
