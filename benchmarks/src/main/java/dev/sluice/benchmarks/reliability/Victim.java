package dev.sluice.benchmarks.reliability;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.ingest.IngestHandler;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The process to be killed: the deployed function, with batches from standard input instead of
 * Lambda. One JSON object a line; the answer is a line that begins with {@link #ANSWER}, followed
 * by the ids of the messages that failed.
 */
final class Victim {
  static final String ANSWER = "= ";

  private Victim() {}

  /** Runs in the child. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    int millis = Integer.parseInt(args[0]);
    IngestHandler handler = new IngestHandler();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, @Nullable Object> request = Json.parseObject(line);
      List<SQSEvent.SQSMessage> messages = new ArrayList<>();
      for (Object each : (List<?>) request.get("messages")) {
        Map<?, ?> json = (Map<?, ?>) each;
        SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
        message.setMessageId(String.valueOf(json.get("id")));
        message.setBody(String.valueOf(json.get("body")));
        messages.add(message);
      }
      SQSEvent batch = new SQSEvent();
      batch.setRecords(messages);
      SQSBatchResponse response =
          handler.handleRequest(batch, new Invocation(String.valueOf(request.get("id")), millis));
      System.out.println(
          ANSWER
              + String.join(
                  " ",
                  response.getBatchItemFailures().stream()
                      .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
                      .toList()));
    }
  }

  private record Invocation(String id, int millis) implements Context {
    @Override
    public String getAwsRequestId() {
      return id;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return millis;
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
      return "ingest";
    }

    @Override
    public String getFunctionVersion() {
      return "$LATEST";
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
    public int getMemoryLimitInMB() {
      return 0;
    }

    @Override
    public @Nullable LambdaLogger getLogger() {
      return null;
    }
  }
}
