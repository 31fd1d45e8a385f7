package dev.sluice.query;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import org.jspecify.annotations.Nullable;

/** What Lambda tells a handler of an invocation with half a minute left. */
final class TestContexts {
  private TestContexts() {}

  static Context of(String id) {
    return new Context() {
      @Override
      public String getAwsRequestId() {
        return id;
      }

      @Override
      public String getLogGroupName() {
        return "";
      }

      @Override
      public String getLogStreamName() {
        return "";
      }

      @Override
      public String getFunctionName() {
        return "";
      }

      @Override
      public String getFunctionVersion() {
        return "";
      }

      @Override
      public String getInvokedFunctionArn() {
        return "";
      }

      @Override
      public @Nullable CognitoIdentity getIdentity() {
        return null;
      }

      @Override
      public @Nullable ClientContext getClientContext() {
        return null;
      }

      @Override
      public int getRemainingTimeInMillis() {
        return 30_000;
      }

      @Override
      public int getMemoryLimitInMB() {
        return 512;
      }

      @Override
      public @Nullable LambdaLogger getLogger() {
        return null;
      }
    };
  }
}
