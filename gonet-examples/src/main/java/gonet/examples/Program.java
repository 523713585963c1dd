package gonet.examples;

import gonet.ConnLayer;
import gonet.ListenConfig;
import gonet.server.Server;
import gonet.server.ServerHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the example servers have in common: arguments, a server with limits, and a clean end. */
final class Program {
  private static final String DEFAULT_ADDRESS = "0.0.0.0:7099";

  /** Further clients are closed at once. */
  private static final int MAX_CONNS = 10_000;

  /** How long clients may take to leave after Ctrl-C; a second one does not wait. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private Program() {}

  /**
   * Runs a server whose first argument, the {@link Place}, may be left out, and which may take a
   * {@link TlsOption}; too many end it with a message and status 1.
   */
  static void serve(String name, String[] args, ServerHandler handler) {
    TlsOption option = TlsOption.parse(args);
    List<String> rest = option.rest();
    if (rest.size() > 1) {
      fail(
          "usage: "
              + name
              + " [LISTEN] "
              + TlsOption.USAGE
              + "    ("
              + Place.USAGE
              + "; default "
              + DEFAULT_ADDRESS
              + ")");
    }
    serve(name, rest.isEmpty() ? DEFAULT_ADDRESS : rest.getFirst(), handler, option.layers());
  }

  /**
   * Runs a server until SIGINT or SIGTERM ends the program, with status 0 if all clients left in
   * time; a wrong address ends it with a message and status 1. A path that a killed server has left
   * is taken over; one where another server answers is not.
   *
   * @param layers over each connection
   */
  static void serve(String name, String listen, ServerHandler handler, ConnLayer... layers) {
    Place place = Place.parse(listen);
    try (Server server =
        Server.builder()
            .name(name)
            .listenConfig(ListenConfig.defaults().withReplaceStalePath(true))
            .listenOn(place.network(), place.address(), layers)
            .maxConns(MAX_CONNS)
            .handler(handler)
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
