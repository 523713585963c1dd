package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetConnectException;
import gonet.cluster.HandOver;
import gonet.cluster.HandOverException;
import gonet.server.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A service whose generations, each a process of one simulated host, take over from each other, and
 * its clients on another host. A client that is refused or reset, or gets another byte than it
 * sent, fails the run.
 */
final class Generations {
  private static final Duration GRACE = Duration.ofMinutes(1);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Sim sim;
  private final Host host;
  private final Path path;
  private final List<Generation> all = new ArrayList<>();
  private boolean over;
  private boolean bearsResets;
  private int calls;

  /** Who has served a call, at last. */
  private String lastServed = "";

  Generations(Sim sim) {
    this.sim = sim;
    host = sim.host("server");
    path = host.folder().resolve("handover");
    sim.link(host, sim.host("client")).loss(sim.random().nextInt(3) * 0.02);
  }

  /** Starts one. */
  Generation start() {
    Generation made = new Generation("g" + all.size());
    all.add(made);
    return made;
  }

  /** Starts the first one, and clients when it serves. */
  Generation begin(int clients) throws InterruptedException {
    Generation first = start();
    first.awaitServing();
    for (int i = 0; i < clients; i++) {
      client("caller" + i, 1, 1);
    }
    client("stayer", 10, 10);
    return first;
  }

  /** From now on a client may be reset, since a process dies that serves it; never be refused. */
  void bearsResets() {
    bearsResets = true;
  }

  /** No more calls; all that are under way come to their end. */
  void end() {
    over = true;
  }

  /** Waits until somebody serves a call that begins now. */
  void awaitCall() throws InterruptedException {
    int before = calls;
    await("a call", () -> calls > before + 5);
  }

  void await(String what, BooleanSupplier holds) throws InterruptedException {
    Duration limit = sim.now().plus(LIMIT);
    while (!holds.getAsBoolean()) {
      assertTrue(sim.now().compareTo(limit) < 0, () -> "not in time: " + what + " of " + all);
      sim.sleep(Servers.MILLI);
    }
  }

  // ---- clients ---------------------------------------------------------------------------------

  /** Connects again and again. */
  private void client(String name, int mostExchanges, int mostPause) {
    sim.host("client")
        .run(
            name,
            () -> {
              while (!over) {
                try {
                  call(1 + sim.random().nextInt(mostExchanges), mostPause);
                } catch (NetConnectException e) {
                  throw e;
                } catch (IOException e) {
                  if (!bearsResets) {
                    throw e;
                  }
                }
              }
            });
  }

  private void call(int exchanges, int mostPause) throws IOException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      for (int i = 0; i < exchanges; i++) {
        exchange(conn);
        Servers.nap(sim, mostPause);
      }
      conn.closeWrite();
      if (conn.read(new byte[1]) >= 0) {
        throw new AssertionError("more than was sent");
      }
      calls++;
    }
  }

  private void exchange(Conn conn) throws IOException {
    byte[] sent = new byte[1 + sim.random().nextInt(5_000)];
    new Random(sent.length).nextBytes(sent);
    conn.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, sent.length));
    Servers.nap(sim, 2);
    conn.write(sent);
    byte[] got = new byte[sent.length];
    conn.readFully(got);
    assertArrayEquals(sent, got);
  }

  // ---- processes -------------------------------------------------------------------------------

  /** A listener whose queue a server cannot ask for, as that of TLS. */
  private static final class Layer extends ForwardingListener {
    Layer(Listener listener) {
      super(listener);
    }
  }

  /** One process, from its start to its end. */
  final class Generation {
    private final String name;
    private final HostProcess process;
    private boolean hasListeners;
    private boolean commits;
    private boolean serves;
    private boolean retired;
    private @Nullable HandOver own;

    private Generation(String name) {
      this.name = name;
      process = host.process(name);
      Task _ = process.serve("main", this::run);
    }

    private void run() throws Exception {
      try (HandOver handOver = handOver()) {
        own = handOver;
        Listener listener = handOver.listen("tcp", ":80");
        hasListeners = true;
        boolean layered = sim.random().nextBoolean();
        Listener served = layered ? new Layer(listener) : listener;
        Server server = Server.builder().listener(served).handler(this::echo).start();
        Servers.nap(sim, 3); // it gets ready
        commits = true;
        handOver.ready(
            retirement -> {
              assertTrue(isNext(retirement.successor()));
              retired = true;
              server.beginShutdown(GRACE);
            });
        serves = true;
        server.awaitClosed();
        assertEquals(0, server.connections());
      }
      process.kill(); // its end
    }

    private boolean isNext(long successor) {
      return all.stream().anyMatch(each -> each.process.pid() == successor && each.commits);
    }

    /** Another successor may be there, and may go as it came. */
    private HandOver handOver() throws IOException {
      for (; ; ) {
        try {
          return HandOver.at(path);
        } catch (HandOverException e) {
          assertTrue(
              String.valueOf(e.getMessage()).endsWith(" is about to take over"), e::toString);
          Servers.nap(sim, 5);
        }
      }
    }

    private void echo(Conn conn) throws IOException {
      byte[] length = new byte[Integer.BYTES];
      while (conn.read(length, 0, 1) == 1) {
        conn.readFully(length, 1, 3);
        byte[] buf = new byte[ByteBuffer.wrap(length).getInt()];
        conn.readFully(buf);
        lastServed = name;
        conn.write(buf);
      }
    }

    void kill() {
      process.kill();
    }

    boolean hasListeners() {
      return hasListeners;
    }

    boolean alive() {
      return process.alive();
    }

    /** Whether its death would be that of a process that serves, as its predecessor knows. */
    boolean hasTaken() {
      HandOver taking = own;
      String said = String.valueOf(taking);
      return taking != null && !said.endsWith("starting") && !said.endsWith("taking");
    }

    boolean retired() {
      return retired;
    }

    boolean served() {
      return lastServed.equals(name);
    }

    void awaitServing() throws InterruptedException {
      await(name + " serves", () -> serves);
    }

    void awaitEnd() throws InterruptedException {
      await("the end of " + name, () -> !alive());
      assertTrue(retired);
    }

    @Override
    public String toString() {
      return name
          + (alive() ? "" : " dead")
          + (commits ? " commits" : "")
          + (serves ? " serves" : "")
          + (retired ? " retired" : "");
    }
  }
}
