package dev.sluice.aws;

import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** How services are reached. */
final class Connections {
  /** How often a call is tried that a service did not manage. */
  static final int ATTEMPTS = 4;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration SOCKET = Duration.ofSeconds(30);

  private Connections() {}

  /** The JDK's own client starts fastest and brings no library. */
  static SdkHttpClient http() {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(CONNECT)
        .socketTimeout(SOCKET)
        .build();
  }
}
