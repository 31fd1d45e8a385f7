package dev.sluice.launch;

import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Proxy;

/** Contexts of invocations. */
final class TestContexts {
  private TestContexts() {}

  /** One with that much time left; it knows nothing else but a request id. */
  static Context remaining(int millis) {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getAwsRequestId" -> "request-1";
                  case "getRemainingTimeInMillis" -> millis;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
