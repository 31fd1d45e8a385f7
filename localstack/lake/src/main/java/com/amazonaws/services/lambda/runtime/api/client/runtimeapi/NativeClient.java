package com.amazonaws.services.lambda.runtime.api.client.runtimeapi;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Stands before the class of the same name in AWS's runtime interface client on systems for which
 * AWS ships no native library: the same two requests of the Runtime API, in Java. It is put into a
 * jar of its own for the function's process, and is used for nothing else.
 */
final class NativeClient {
  private static String base = "";

  private NativeClient() {}

  static void init(String address) {
    base = "http://" + address + "/2018-06-01/runtime/invocation/";
  }

  static InvocationRequest next() {
    try {
      // No read time-out: the next event may take hours.
      HttpURLConnection connection = connect("next");
      InvocationRequest request = new InvocationRequest();
      try (InputStream in = connection.getInputStream()) {
        request.setContent(in.readAllBytes());
      }
      request.setId(connection.getHeaderField("Lambda-Runtime-Aws-Request-Id"));
      request.setInvokedFunctionArn(
          connection.getHeaderField("Lambda-Runtime-Invoked-Function-Arn"));
      request.setDeadlineTimeInMs(
          Long.parseLong(connection.getHeaderField("Lambda-Runtime-Deadline-Ms")));
      request.setXrayTraceId(connection.getHeaderField("Lambda-Runtime-Trace-Id"));
      return request;
    } catch (IOException e) {
      throw new LambdaRuntimeClientException("Cannot get the next event: " + e.getMessage(), 0);
    }
  }

  static void postInvocationResponse(byte[] requestId, byte[] response) {
    try {
      HttpURLConnection connection =
          connect(new String(requestId, StandardCharsets.UTF_8) + "/response");
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(response.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(response);
      }
      int status = connection.getResponseCode();
      if (status == 413) {
        // Told to the API already; the client goes on with the next event.
        return;
      }
      if (status / 100 != 2) {
        throw new LambdaRuntimeClientException("Cannot answer " + base, status);
      }
    } catch (IOException e) {
      throw new LambdaRuntimeClientException("Cannot answer: " + e.getMessage(), 0);
    }
  }

  private static HttpURLConnection connect(String path) throws IOException {
    return (HttpURLConnection) URI.create(base + path).toURL().openConnection();
  }
}
