package gonet.test.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.server.Server;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;

/**
 * What {@link ServerMemoryTest} runs in a JVM of its own: a server whose connections wait without
 * threads. For each line it reads it prints the bytes of heap in use and the connections open.
 */
final class IdleServer {
  private IdleServer() {}

  /** No arguments. */
  public static void main(String[] args) throws Exception {
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .idleTimeout(Duration.ofHours(1))
            .requestHandler(
                conn -> {
                  byte[] one = new byte[1];
                  if (conn.read(one) > 0) {
                    conn.write(one);
                  }
                })
            .start()) {
      System.out.println(server.addr());
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
      while (in.readLine() != null) {
        System.out.println(used() + " " + server.connections());
      }
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) { // the first ones clear what the next ones can free
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
