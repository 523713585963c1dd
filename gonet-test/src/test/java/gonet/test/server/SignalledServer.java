package gonet.test.server;

import gonet.Server;
import java.time.Duration;

/** What {@link ServerSignalTest} runs in a JVM of its own: an echo that ends by signals. */
final class SignalledServer {
  private SignalledServer() {}

  /** The grace in milliseconds. */
  public static void main(String[] args) throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    Server server =
        Server.builder()
            .listen("tcp", "127.0.0.1:0")
            .onDrain(s -> System.out.println("draining"))
            .handler(
                conn -> {
                  Clients.echo(conn);
                  throw new IllegalStateException("thrown for the test");
                })
            .onError((conn, t) -> System.out.println("handler"))
            .start();
    server.shutdownOnSignal(Duration.ofMillis(Long.parseLong(args[0])));
    System.out.println(server.addr());
    System.out.println(server.awaitClosed().outcome());
    // Returns at once: the status must be the signal's all the same.
  }
}
