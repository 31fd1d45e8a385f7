package dev.sluice.lake.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A function whose events say how it shall behave; alone in a jar, it uses the JDK only. */
public class TestFunction {
  private static final Pattern RECORD =
      Pattern.compile(
          "\"messageId\":\"([^\"]+)\",\"receiptHandle\":\"[^\"]+\",\"body\":\"([^\"]*)\"");

  /** The key of an object in an S3 event that stands, as text, in a message's body. */
  private static final Pattern KEY = Pattern.compile("\\\\\"key\\\\\":\\\\\"([^\"\\\\]+)\\\\\"");

  /** What a schedule of a job says. */
  private static final Pattern SLOT = Pattern.compile("\"job\":\"([^\"]+)\",\"slot\":\"([^\"]+)\"");

  /** What its name says. */
  public void handle(InputStream in, OutputStream out) throws Exception {
    String event = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    String answer;
    if (event.contains("!sleep")) {
      Thread.sleep(60_000);
      answer = "null";
    } else if (event.contains("!crash")) {
      Runtime.getRuntime().halt(3);
      answer = "null";
    } else if (event.contains("!throw")) {
      throw new IllegalStateException("as asked");
    } else if (event.contains("!garbage")) {
      answer = "{\"batchItemFailures\":[{\"itemIdentifier\":\"unknown\"}]}";
    } else if (event.contains("!echo")) {
      answer = event;
    } else if (event.contains("!describe")) {
      answer =
          "{\"pid\":"
              + ProcessHandle.current().pid()
              + ",\"memory\":"
              + Runtime.getRuntime().maxMemory()
              + ",\"env\":\""
              + new java.util.TreeMap<>(System.getenv())
              + "\"}";
    } else {
      List<String> failed = new ArrayList<>();
      StringBuilder good = new StringBuilder();
      Matcher matcher = RECORD.matcher(event);
      while (matcher.find()) {
        if (matcher.group(2).startsWith("bad")) {
          failed.add("{\"itemIdentifier\":\"" + matcher.group(1) + "\"}");
        } else {
          good.append(matcher.group(2)).append('\n');
        }
      }
      String bucket = System.getenv("SLUICE_LAKE_BUCKET");
      Matcher keys = KEY.matcher(event);
      while (bucket != null && keys.find()) {
        put("/" + bucket + "/seen/" + keys.group(1));
      }
      Matcher slot = SLOT.matcher(event);
      if (bucket != null && slot.find()) {
        put("/" + bucket + "/seen/" + slot.group(1) + "/" + slot.group(2));
      }
      String file = System.getenv("RESULT_FILE");
      if (file != null) {
        Files.writeString(
            Path.of(file),
            good,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.APPEND);
      }
      answer = "{\"batchItemFailures\":[" + String.join(",", failed) + "]}";
    }
    System.out.println("handled " + event.length() + " characters");
    out.write(answer.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(String path) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(System.getenv("AWS_ENDPOINT_URL") + path).toURL().openConnection();
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.getOutputStream().close();
    if (connection.getResponseCode() != 200) {
      throw new IllegalStateException("PUT answered " + connection.getResponseCode());
    }
  }

  /** Builds the deployable jar. */
  public static Path jar(Path folder) {
    String file = TestFunction.class.getName().replace('.', '/') + ".class";
    Path jar = folder.resolve("function.jar");
    try (InputStream in = TestFunction.class.getClassLoader().getResourceAsStream(file);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(file));
      in.transferTo(out);
      out.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jar;
  }
}
