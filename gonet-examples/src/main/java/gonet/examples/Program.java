package gonet.examples;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.server.Server;
import java.io.IOException;
import java.time.Duration;

/** What the example servers have in common: arguments, a server with limits, and a clean end. */
final class Program {
  private static final String DEFAULT_ADDRESS = "0.0.0.0:7099";

  /** Further clients are closed at once. */
  private static final int MAX_CONNS = 10_000;

  /** How long clients may take to leave after Ctrl-C; a second one does not wait. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** What a server does with one connection, which is closed afterwards. */
  @FunctionalInterface
  interface Handler {
    void serve(Conn conn) throws Exception;
  }

  private Program() {}

  /**
   * Runs a server whose one argument, the {@link Place}, may be left out; too many end it with a
   * message and status 1.
   */
  static void serve(String name, String[] args, Handler handler) {
    if (args.length > 1) {
      fail(
          "usage: " + name + " [LISTEN]    (" + Place.USAGE + "; default " + DEFAULT_ADDRESS + ")");
    }
    serve(name, args.length == 0 ? DEFAULT_ADDRESS : args[0], handler);
  }

  /**
   * Runs a server until SIGINT or SIGTERM ends the program, with status 0 if all clients left in
   * time; a wrong address ends it with a message and status 1. A path that a killed server has left
   * is taken over; one where another server answers is not.
   */
  static void serve(String name, String listen, Handler handler) {
    Place place = Place.parse(listen);
    try (Server server =
        Server.builder()
            .name(name)
            .listenConfig(ListenConfig.defaults().withReplaceStalePath(true))
            .listenOn(place.network(), place.address())
            .maxConns(MAX_CONNS)
            .handler(conn -> handler.serve(conn))
            .start()) {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform().name("stopped").unstarted(() -> System.out.println("stopped")));
      server.shutdownOnSignal(GRACE);
      System.out.println(name + " listens on " + server.addr());
      var _ = server.awaitClosed();
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      fail("interrupted");
    }
  }

  /** Ends the program with a message and status 1. For bad arguments, before anything is open. */
  static void fail(String message) {
    System.err.println(message);
    // No hook may stand in the way, and none is needed.
    Runtime.getRuntime().halt(1);
  }
}
