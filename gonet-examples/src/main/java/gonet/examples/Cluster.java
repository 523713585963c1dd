package gonet.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.admin.Admin;
import gonet.cluster.ClusterException;
import gonet.cluster.SharePolicy;
import gonet.cluster.Worker;
import gonet.cluster.WorkerStatus;
import gonet.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends back what it gets, by several processes on one port: each connection gets a line with the
 * number of the process that serves it first.
 *
 * <p>Arguments: the {@link Place} to listen on, how many workers, {@code --policy shared}, {@code
 * reuseport} or {@code roundrobin}, and an {@link AdminOption}, of which each worker gets a place
 * of its own: {@code unix:PATH.NUMBER}, or the ports from that one on. Try it with {@code nc
 * localhost 7099}, and kill a worker: another one takes its place. Ctrl-C stops all.
 *
 * <p>The primary starts workers by its own command, so both begin in {@link #main}.
 */
public final class Cluster {
  private static final String USAGE =
      "usage: Cluster LISTEN WORKERS [--policy shared|reuseport|roundrobin] "
          + AdminOption.USAGE
          + "    ("
          + Place.USAGE
          + ")";

  /** How long clients may take to leave. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private static final int MAX_CONNS = 10_000;
  private static final int BUFFER_BYTES = 16 * 1024;

  private record Arguments(Place place, int workers, SharePolicy policy, AdminOption admin) {}

  private Cluster() {}

  /** Serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    Arguments arguments = parse(args);
    try {
      if (Worker.isWorker()) {
        work(arguments);
      } else {
        lead(arguments);
      }
    } catch (IOException | UnsupportedOperationException e) {
      Program.fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Program.fail("interrupted");
    }
  }

  private static Arguments parse(String... args) {
    AdminOption admin = AdminOption.parse(args);
    List<String> rest = new ArrayList<>(admin.rest());
    SharePolicy policy = SharePolicy.SHARED;
    int at = rest.indexOf("--policy");
    if (at >= 0 && at + 1 < rest.size()) {
      var _ = rest.remove(at);
      policy = policy(rest.remove(at));
    }
    if (rest.size() != 2) {
      Program.fail(USAGE);
    }
    return new Arguments(Place.parse(rest.getFirst()), workers(rest.getLast()), policy, admin);
  }

  private static SharePolicy policy(String name) {
    return switch (name) {
      case "shared" -> SharePolicy.SHARED;
      case "reuseport" -> SharePolicy.REUSEPORT;
      case "roundrobin" -> SharePolicy.ROUND_ROBIN;
      default -> {
        Program.fail("no policy \"" + name + "\"; " + USAGE);
        yield SharePolicy.SHARED;
      }
    };
  }

  private static int workers(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    Program.fail("not a number of workers: \"" + text + "\"; " + USAGE);
    return 1;
  }

  // ---- the primary -----------------------------------------------------------------------------

  private static void lead(Arguments arguments) throws IOException, InterruptedException {
    Place place = arguments.place;
    try (gonet.cluster.Cluster cluster =
        gonet.cluster.Cluster.builder()
            .workers(arguments.workers)
            .policy(arguments.policy)
            .listenConfig(ListenConfig.defaults().withReplaceStalePath(true))
            .listenOn(place.network(), place.address())
            .grace(GRACE)
            .onChange(Cluster::tell)
            .start()) {
      cluster.shutdownOnSignal(GRACE);
      if (isReady(cluster)) {
        System.out.println("cluster listens on " + cluster.addr());
      }
      var report = cluster.awaitClosed();
      System.out.println(report);
      System.out.println("stopped");
    }
  }

  /** False if a signal ends it before. */
  private static boolean isReady(gonet.cluster.Cluster cluster)
      throws ClusterException, InterruptedException {
    try {
      cluster.awaitReady(START_LIMIT);
      return true;
    } catch (ClusterException e) {
      if (cluster.isEnding()) {
        return false;
      }
      throw e;
    }
  }

  private static void tell(WorkerStatus worker) {
    switch (worker.state()) {
      case READY -> System.out.println("worker " + worker.number() + " is process " + worker.pid());
      case PAUSING -> System.out.println("worker " + worker.number() + ": " + worker.lastEnd());
      default -> {}
    }
  }

  // ---- a worker --------------------------------------------------------------------------------

  private static void work(Arguments arguments) throws IOException, InterruptedException {
    Place place = arguments.place;
    try (Worker worker = Worker.connect();
        Server server =
            Server.builder()
                .name("worker" + worker.number())
                .maxConns(MAX_CONNS)
                .handler(Cluster::echo)
                .listener(worker.listen(place.network(), place.address()))
                .start();
        Admin admin = arguments.admin.ofWorker(worker.number()).start(server)) {
      if (admin != null) {
        System.out.println("worker " + worker.number() + " shows itself on " + admin.addr());
      }
      // Ctrl-C comes to all processes of a terminal.
      server.shutdownOnSignal(GRACE);
      worker.ready(server::beginShutdown);
      var _ = server.awaitClosed();
    }
  }

  private static void echo(Conn conn) throws IOException {
    conn.write((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII));
    byte[] buf = new byte[BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }
}
