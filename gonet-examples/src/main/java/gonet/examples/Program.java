package gonet.examples;

import gonet.ConnLayer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.admin.Admin;
import gonet.cluster.HandOver;
import gonet.cluster.Retirement;
import gonet.cluster.Systemd;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the example servers have in common: arguments, a server with limits, and a clean end. */
final class Program {
  private static final String DEFAULT_ADDRESS = "0.0.0.0:7099";

  /** Further clients are closed at once. */
  private static final int MAX_CONNS = 10_000;

  /** How long clients may take to leave after Ctrl-C; a second one does not wait. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** How long they may stay when another process serves already. */
  private static final Duration DRAIN = Duration.ofHours(1);

  /** In place of an address: the sockets that systemd has passed. */
  private static final String SYSTEMD = "systemd";

  private static final ListenConfig CONFIG = ListenConfig.defaults().withReplaceStalePath(true);

  private Program() {}

  /**
   * Runs a server whose first argument, the {@link Place}, may be left out, and which may take a
   * {@link TlsOption}, a {@link HandOverOption} and an {@link AdminOption}; too many end it with a
   * message and status 1.
   */
  static void serve(String name, String[] args, ServerHandler handler) {
    AdminOption admin = AdminOption.parse(args);
    HandOverOption handOver = HandOverOption.parse(admin.others());
    TlsOption tls = TlsOption.parse(handOver.rest().toArray(String[]::new));
    List<String> rest = tls.rest();
    if (rest.size() > 1) {
      fail(
          "usage: "
              + name
              + " [LISTEN] "
              + TlsOption.USAGE
              + " "
              + HandOverOption.USAGE
              + " "
              + AdminOption.USAGE
              + "    ("
              + Place.USAGE
              + "; default "
              + DEFAULT_ADDRESS
              + ")");
    }
    String listen = rest.isEmpty() ? DEFAULT_ADDRESS : rest.getFirst();
    if (handOver.path() == null) {
      serve(name, listen, admin, handler, tls.layers());
      return;
    }
    try (HandOver generation = HandOver.at(handOver.path())) {
      ServerBuilder builder =
          builder(name, handler)
              .listener(listen(generation, name, listen), tls.layers())
              .onDrain(server -> stopping(generation));
      serve(name, builder, admin, generation);
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Runs a server until SIGINT or SIGTERM ends the program, with status 0 if all clients left in
   * time; a wrong address ends it with a message and status 1. A path that a killed server has left
   * is taken over; one where another server answers is not. In place of an address, {@code systemd}
   * takes the sockets that systemd has passed.
   *
   * @param admin where it shows itself, if it does
   * @param layers over each connection
   */
  static void serve(
      String name, String listen, AdminOption admin, ServerHandler handler, ConnLayer... layers) {
    ServerBuilder builder = builder(name, handler);
    if (listen.equals(SYSTEMD)) {
      passed().forEach(listener -> builder.listener(listener, layers));
    } else {
      Place place = Place.parse(listen);
      builder.listenConfig(CONFIG).listenOn(place.network(), place.address(), layers);
    }
    serve(name, builder, admin, null);
  }

  /** The first of systemd's sockets goes from generation to generation. */
  private static Listener listen(HandOver generation, String name, String listen)
      throws IOException {
    if (listen.equals(SYSTEMD)) {
      return generation.listen(SYSTEMD, name, () -> passed().getFirst());
    }
    Place place = Place.parse(listen);
    return generation.listen(CONFIG, place.network(), place.address());
  }

  /** Of the service, and not of this process behind its successor. */
  private static void stopping(HandOver generation) {
    if (!generation.isRetired()) {
      Systemd.current().stopping();
    }
  }

  /**
   * What systemd has opened for this process. Ends the program with a message if that is nothing.
   */
  private static List<Listener> passed() {
    try {
      List<Listener> passed = Systemd.current().listeners();
      if (!passed.isEmpty()) {
        return passed;
      }
      fail("systemd has passed no socket to this process");
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    }
    return List.of();
  }

  private static ServerBuilder builder(String name, ServerHandler handler) {
    return Server.builder()
        .name(name)
        .maxConns(MAX_CONNS)
        .onDrain(server -> Systemd.current().stopping())
        .handler(handler);
  }

  private static void serve(
      String name, ServerBuilder builder, AdminOption option, @Nullable HandOver generation) {
    try (Server server = builder.start();
        Admin admin = option.start(server, generation)) {
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform().name("stopped").unstarted(() -> System.out.println("stopped")));
      if (generation == null) {
        server.shutdownOnSignal(GRACE);
      } else {
        server.shutdownOnSignal(GRACE, report -> generation.close());
        generation.ready(retirement -> retire(server, admin, retirement));
        succeedOnSignal(generation);
      }
      System.out.println(name + " listens on " + server.addr());
      if (admin != null) {
        System.out.println(name + " shows itself on " + admin.addr());
      }
      Systemd.current().mainProcess(ProcessHandle.current().pid());
      Systemd.current().ready();
      var _ = Systemd.current().startWatchdog(() -> true);
      var _ = server.awaitClosed();
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      fail("interrupted");
    }
  }

  /** Administrators know SIGUSR2 for this, and the JVM must have been told to leave it alone. */
  private static void succeedOnSignal(HandOver generation) {
    if (System.getenv("_JAVA_SR_SIGNUM") != null) {
      generation.startSuccessorOnSignal("USR2");
    }
  }

  private static void retire(Server server, @Nullable Admin admin, Retirement retirement) {
    System.out.println("process " + retirement.successor() + " serves now");
    if (admin != null) {
      admin.close(); // or a probe that it has accepted already would hear of the drain
    }
    server.beginShutdown(DRAIN);
  }

  /** Ends the program with a message and status 1. For bad arguments, before anything is open. */
  static void fail(String message) {
    System.err.println(message);
    // No hook may stand in the way, and none is needed.
    Runtime.getRuntime().halt(1);
  }
}
