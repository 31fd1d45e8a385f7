package dev.sluice.lake.s3;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.lake.api.Messages;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Journal;
import dev.sluice.lake.store.ObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** S3 alone on a free loopback port, with queues that keep what they are sent. */
final class S3Server implements AutoCloseable {
  /** A queue that exists. */
  static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:events";

  static final S3Settings SETTINGS = new S3Settings("us-east-1", "000000000000");

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.idleInterval", "120");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "1000");
  }

  final ObjectStore store;
  final List<String> messages = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private S3Server(Path folder, int port, Clock clock) throws IOException {
    store = ObjectStore.open(folder, Journal.Sync.NEVER, clock, new Notifications(SETTINGS));
    Messages queues =
        (arn, body) -> {
          if (!arn.equals(QUEUE)) {
            throw new ServiceException(
                400, "AWS.SimpleQueueService.NonExistentQueue", "There is no such queue: " + arn);
          }
          messages.add(body);
        };
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    server.setExecutor(threads);
    server.createContext("/", new S3Handler(store, queues, SETTINGS, clock));
    server.start();
  }

  static S3Server start(Path folder) throws IOException {
    return new S3Server(folder, 0, Clock.systemUTC());
  }

  static S3Server start(Path folder, Clock clock) throws IOException {
    return new S3Server(folder, 0, clock);
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    store.close();
  }

  /** Serves the folder of the first argument until the process is ended. */
  public static void main(String[] arguments) throws IOException {
    int port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    S3Server running = new S3Server(Path.of(arguments[0]), port, Clock.systemUTC());
    System.out.println(running.url());
  }
}
