package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.cluster.HandOver;
import gonet.cluster.Retirement;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;

/** Connections that go from generation to generation, in the middle of whatever is said. */
@NeedsSim
@Proves({"sim-hand-over", "handover"})
@Timeout(300)
class SimPassTest {
  private static final int GENERATIONS = 4;
  private static final int CLIENTS = 3;

  /** A process that answers each message, and passes all its connections on when it retires. */
  private static final class Generation {
    final Sim sim;
    final HostProcess process;
    final Set<Conn> open = new LinkedHashSet<>();
    @Nullable Retirement retirement;
    private boolean serves;
    private boolean over;

    Generation(Sim sim, Host host, int number) {
      this.sim = sim;
      this.process = host.process("g" + number);
      Path path = host.folder().resolve("handover");
      Task _ = process.serve("main", () -> run(path));
    }

    boolean serves() {
      return serves;
    }

    private void run(Path path) throws Exception {
      try (HandOver handOver = HandOver.at(path);
          Listener listener = handOver.listen("tcp", ":80")) {
        handOver.onConn(this::serve).ready(this::passAll);
        serves = true;
        Thread _ = Net.go("acceptor", () -> accept(listener));
        while (!over) {
          sim.sleep(Servers.MILLI);
        }
      }
      process.kill(); // its end
    }

    private void accept(Listener listener) throws IOException {
      for (; ; ) {
        Conn conn;
        try {
          conn = listener.accept();
        } catch (NetClosedException e) {
          return;
        }
        Net.go("handler", () -> serve(conn, new byte[0]));
      }
    }

    private void passAll(Retirement now) {
      retirement = now;
      for (Conn each : open) {
        hurry(each);
      }
      try {
        while (!open.isEmpty()) {
          sim.sleep(Servers.MILLI);
        }
        over = true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the run is over
      }
    }

    /** It waits no more for the rest of a message. */
    private static void hurry(Conn conn) {
      try {
        conn.setReadDeadline(Instant.EPOCH);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private void serve(Conn conn, byte[] state) {
      open.add(conn);
      try {
        if (retirement != null) {
          hurry(conn);
        }
        answerAll(conn, state);
      } catch (IOException e) {
        throw new AssertionError(e);
      } finally {
        open.remove(conn);
      }
    }

    private void answerAll(Conn conn, byte[] state) throws IOException {
      byte[] got = Arrays.copyOf(state, 6_000);
      int length = state.length;
      for (; ; ) {
        int whole = length < 4 ? 4 : 4 + ByteBuffer.wrap(got).getInt();
        if (length >= 4 && length == whole) {
          conn.write(got, 4, length - 4);
          length = 0;
          continue;
        }
        int n;
        try {
          n = conn.read(got, length, whole - length);
        } catch (NetTimeoutException e) {
          Retirement to = retirement;
          if (to == null) {
            throw e;
          }
          to.pass((NetSocket) conn, Arrays.copyOf(got, length));
          return;
        }
        if (n < 0) {
          conn.close();
          return;
        }
        length += n;
      }
    }
  }

  @SimTest(seeds = 200)
  void aConnectionOutlivesItsProcess(Sim sim) throws Exception {
    Host host = sim.host("server");
    sim.link(host, sim.host("client")).loss(sim.random().nextInt(3) * 0.02);
    Generation serving = new Generation(sim, host, 0);
    await(sim, "it serves", serving::serves);
    boolean[] over = {false};
    int[] dialled = {0};
    int[] ended = {0};
    for (int i = 0; i < CLIENTS; i++) {
      sim.host("client")
          .run(
              () -> {
                try (Conn conn = Net.dial("tcp", host.at(80))) {
                  dialled[0]++;
                  while (!over[0]) {
                    exchange(sim, conn);
                  }
                  conn.closeWrite();
                  assertEquals(-1, conn.read(new byte[1]));
                }
                ended[0]++;
              });
    }
    await(sim, "all have come", () -> dialled[0] == CLIENTS);
    for (int i = 1; i < GENERATIONS; i++) {
      sim.sleep(Duration.ofMillis(5 + sim.random().nextInt(10)));
      Generation next = new Generation(sim, host, i);
      await(sim, "the next one serves", next::serves);
      Generation old = serving;
      await(sim, "the old one ends", () -> !old.process.alive());
      serving = next;
    }
    Generation last = serving;
    await(sim, "all are with the last one", () -> last.open.size() == CLIENTS);
    over[0] = true;
    await(sim, "all end", () -> ended[0] == CLIENTS);
  }

  private static void await(Sim sim, String what, BooleanSupplier holds)
      throws InterruptedException {
    Duration limit = sim.now().plusSeconds(60);
    while (!holds.getAsBoolean()) {
      assertTrue(sim.now().compareTo(limit) < 0, "not in time: " + what);
      sim.sleep(Servers.MILLI);
    }
  }

  private static void exchange(Sim sim, Conn conn) throws IOException {
    byte[] sent = new byte[1 + sim.random().nextInt(5_000)];
    new Random(sent.length).nextBytes(sent);
    byte[] all = ByteBuffer.allocate(4 + sent.length).putInt(sent.length).put(sent).array();
    for (int at = 0; at < all.length; ) {
      int n = Math.min(all.length - at, 1 + sim.random().nextInt(3_000));
      conn.write(all, at, n);
      Servers.nap(sim, 2);
      at += n;
    }
    byte[] got = new byte[sent.length];
    conn.readFully(got);
    assertArrayEquals(sent, got);
  }
}
