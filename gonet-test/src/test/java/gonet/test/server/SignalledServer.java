package gonet.test.server;

import gonet.server.Server;
import gonet.test.machine.Loopback;
import java.time.Duration;

/** What {@link ServerSignalTest} runs in a JVM of its own: an echo that ends by signals. */
final class SignalledServer {
  private SignalledServer() {}

  /** The grace in milliseconds. */
  public static void main(String[] args) throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    Server server =
        Server.builder()
            .listenOn("tcp", Loopback.ownAnyPort())
            .onDrain(s -> System.out.println("draining"))
            .handler(
                conn -> {
                  Clients.echo(conn);
                  throw new IllegalStateException("thrown for the test");
                })
            .onError((conn, t) -> System.out.println("handler"))
            .start();
    Server idle = Clients.echo().start();
    Duration grace = Duration.ofMillis(Long.parseLong(args[0]));
    server.shutdownOnSignal(grace, report -> System.out.println("ended " + report.outcome()));
    idle.shutdownOnSignal(grace);
    System.out.println(server.addr());
    var _ = idle.awaitClosed();
    // The other server may have clients yet: the status must still be the signal's. Nor may the JVM
    // end before what stands here.
    for (int i = 0; i < 20; i++) {
      Thread.sleep(5); // closing a database, say
    }
    System.out.println("main has ended");
  }
}
