package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static gonet.test.sim.Servers.each;
import static gonet.test.sim.Servers.nap;
import static gonet.test.sim.Servers.one;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import gonet.Conn;
import gonet.Datagram;
import gonet.Listener;
import gonet.Net;
import gonet.PacketConn;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs with a fault that was planted on purpose: some seed finds it, and the same program
 * without the fault stands all of them.
 */
@NeedsSim
@Proves("sim-finds")
class PlantedFaultsTest {
  private static final int MOST_SEEDS = 500;
  private static final int MENDED_SEEDS = Integer.getInteger("gonet.sim.mendedSeeds", 60);

  /** A program, with its fault or without. */
  interface Program {
    void run(Sim sim, boolean mended) throws Exception;
  }

  @SuppressWarnings("ImmutableEnumChecker") // functions without a state
  enum Planted {
    LOST_WAKE_UP(PlantedFaultsTest::lostWakeUp),
    MISSING_DRAIN(PlantedFaultsTest::missingDrain),
    WRONG_DEADLINE(PlantedFaultsTest::wrongDeadline),
    HALF_CLOSE_DROPS_BYTES(PlantedFaultsTest::halfCloseDropsBytes),
    SHORT_READ(PlantedFaultsTest::shortRead),
    RETRY_COUNTS_TWICE(PlantedFaultsTest::retryCountsTwice),
    ORDER_OF_LOCKS(PlantedFaultsTest::orderOfLocks),
    POOL_GIVES_TWICE(PlantedFaultsTest::poolGivesTwice),
    LEAK_ON_FAILURE(PlantedFaultsTest::leakOnFailure),
    ACCEPT_LOOP_READS(PlantedFaultsTest::acceptLoopReads),
    NO_TIMEOUT(PlantedFaultsTest::noTimeout),
    STALE_ANSWER(PlantedFaultsTest::staleAnswer),
    DATAGRAM_COMES_TWICE(PlantedFaultsTest::datagramComesTwice);

    private final Program program;

    Planted(Program program) {
      this.program = program;
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsFoundAndTheMendedProgramStands(Planted planted) {
    findAndStand(planted.name(), planted.program);
  }

  /** Finds the fault of a program by seeds, and runs the mended one under some. */
  static void findAndStand(String planted, Program program) {
    Outcome found = null;
    long seed = 0;
    while (found == null && seed < MOST_SEEDS) {
      Outcome outcome = Sim.attempt(++seed, sim -> program.run(sim, false), false);
      found = outcome.failure() == null ? null : outcome;
    }
    assertNotNull(found, "no seed of " + MOST_SEEDS);
    Outcome.Failure failure = found.failure();
    assertNotNull(failure);
    String text = failure.text().lines().findFirst().orElse("");
    System.out.println(planted + " found by seed " + seed + ": " + text);
    for (long each = 1; each <= MENDED_SEEDS; each++) {
      assertNull(Sim.attempt(each, sim -> program.run(sim, true), false).failure());
    }
  }

  /** A flag that is looked at outside of the monitor, with a moment between look and wait. */
  @SuppressWarnings("WaitNotInLoop") // planted
  private static void lostWakeUp(Sim sim, boolean mended) throws Exception {
    Object monitor = new Object();
    boolean[] full = {false};
    sim.host("consumer")
        .run(
            () -> {
              if (mended) {
                synchronized (monitor) {
                  while (!full[0]) {
                    monitor.wait();
                  }
                }
              } else if (!full[0]) {
                sim.pause();
                synchronized (monitor) {
                  monitor.wait();
                }
              }
            });
    sim.host("producer")
        .run(
            () -> {
              synchronized (monitor) {
                full[0] = true;
                monitor.notifyAll();
              }
            });
  }

  /** Closes while bytes of the client are unread, which resets the answer away. */
  private static void missingDrain(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    sim.link(server, sim.host("test")).loss(0.05);
    server.run(
        one(
            conn -> {
              conn.readFully(new byte[10]);
              conn.write(new byte[20_000]);
              if (mended) {
                conn.closeWrite();
                conn.inputStream().readAllBytes();
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", server.at(80))) {
      conn.write(new byte[10]);
      conn.write(new byte[10]); // more than the server reads
      conn.closeWrite();
      assertEquals(20_000, conn.inputStream().readAllBytes().length);
    }
  }

  /** One deadline for the whole connection, where each request was to have its own. */
  private static void wrongDeadline(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.run(
        one(
            conn -> {
              for (int i = 0; i < 3; i++) {
                conn.readFully(new byte[1]);
                nap(sim, 899);
                conn.write(new byte[1]);
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", server.at(80))) {
      conn.setReadDeadline(java.time.Instant.now().plusSeconds(2));
      for (int i = 0; i < 3; i++) {
        if (mended) {
          conn.setReadDeadline(java.time.Instant.now().plusSeconds(2));
        }
        conn.write(new byte[1]);
        conn.readFully(new byte[1]);
      }
    }
  }

  /** A proxy that ends both directions when one has ended. */
  private static void halfCloseDropsBytes(Sim sim, boolean mended) throws Exception {
    Host back = sim.host("back");
    Host proxy = sim.host("proxy");
    back.run(
        one(
            conn -> {
              try {
                int n = conn.inputStream().readAllBytes().length;
                nap(sim, 2);
                conn.write(new byte[2 * n]);
              } catch (IOException e) {
                sim.log("back lost its peer: " + e);
              }
            }));
    proxy.run(
        one(
            in -> {
              try (Conn out = Net.dial("tcp", back.at(80))) {
                Thread up =
                    Net.go(
                        "up",
                        () -> {
                          in.inputStream().transferTo(out.outputStream());
                          out.closeWrite();
                          if (!mended) {
                            out.closeRead();
                          }
                        });
                out.inputStream().transferTo(in.outputStream());
                join(up);
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", proxy.at(80))) {
      conn.write(new byte[100]);
      conn.closeWrite();
      assertEquals(200, conn.inputStream().readAllBytes().length);
    }
  }

  /** Takes one read for one message. */
  private static void shortRead(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.run(
        one(
            conn -> {
              byte[] message = new byte[3000];
              if (mended) {
                conn.readFully(message);
              } else {
                assertEquals(3000, conn.read(message));
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", server.at(80))) {
      conn.write(new byte[3000]);
      conn.closeWrite();
      conn.inputStream().readAllBytes();
    }
  }

  /** A request that is sent again when its answer was late is done twice. */
  private static void retryCountsTwice(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    Host client = sim.host("client");
    AtomicInteger count = new AtomicInteger();
    Set<Integer> seen = new HashSet<>();
    server.serve(
        each(
            conn -> {
              byte[] request = new byte[1];
              conn.readFully(request);
              if (!mended || seen.add((int) request[0])) {
                count.incrementAndGet();
              }
              conn.write(request);
            }));
    sim.chaos(Duration.ofSeconds(5), server, client).cuts(3).delays(2);
    client.run(
        () -> {
          sim.sleep(MILLI);
          for (int i = 0; i < 20; i++) {
            sim.sleep(Duration.ofMillis(200));
            for (boolean done = false; !done; ) {
              try (Conn conn = Net.dial("tcp", server.at(80), Duration.ofSeconds(2))) {
                conn.setReadTimeout(Duration.ofMillis(500));
                conn.write(new byte[] {(byte) i});
                conn.readFully(new byte[1]);
                done = true;
              } catch (IOException e) {
                sim.log("again: " + e);
              }
            }
          }
          assertEquals(20, count.get());
        });
  }

  /** Two locks, taken in two orders, with a moment between. */
  @SuppressWarnings({"LockNotBeforeTry", "ReferenceEquality"}) // nothing between can fail
  private static void orderOfLocks(Sim sim, boolean mended) {
    ReentrantLock one = new ReentrantLock();
    ReentrantLock two = new ReentrantLock();
    for (int i = 0; i < 2; i++) {
      ReentrantLock first = i == 0 || mended ? one : two;
      ReentrantLock second = first == one ? two : one;
      sim.host("host")
          .run(
              () -> {
                first.lock();
                sim.pause();
                second.lock();
                second.unlock();
                first.unlock();
              });
    }
  }

  /** A pool that looks, asks the connection whether it is alive, and takes. */
  private static void poolGivesTwice(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.serve(one(Servers::echo));
    sim.sleep(MILLI);
    Conn pooled = Net.dial("tcp", server.at(80));
    Deque<Conn> pool = new ArrayDeque<>(Set.of(pooled));
    AtomicInteger users = new AtomicInteger();
    sim.always("one user at a time", () -> users.get() <= 1);
    for (int i = 0; i < 2; i++) {
      sim.host("test")
          .run(
              () -> {
                Conn mine;
                if (mended) {
                  mine = pool.poll();
                } else {
                  mine = pool.peek();
                  if (mine != null) {
                    mine.setReadTimeout(MILLI);
                    sim.pause();
                    pool.remove(mine);
                  }
                }
                if (mine != null) {
                  users.incrementAndGet();
                  sim.sleep(MILLI);
                  users.decrementAndGet();
                  pool.add(mine);
                }
              });
    }
  }

  /** A connection whose greeting fails is forgotten and stays open. */
  private static void leakOnFailure(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    Host client = sim.host("client").limitDescriptors(8);
    server.boot(
        each(
            conn -> {
              nap(sim, 59);
              conn.write(new byte[1]);
              conn.read(new byte[1]); // its end
            }));
    sim.chaos(Duration.ofSeconds(20), server, client).cuts(2).losses(2);
    client.run(
        () -> {
          sim.sleep(MILLI);
          for (int i = 0; i < 60; i++) {
            sim.sleep(Duration.ofMillis(500));
            Conn conn = null;
            try {
              conn = Net.dial("tcp", server.at(80), Duration.ofSeconds(1));
              conn.setReadTimeout(Duration.ofMillis(50));
              conn.readFully(new byte[1]);
              conn.close();
            } catch (IOException e) {
              if (String.valueOf(e.getMessage()).contains("too many open files")) {
                throw e;
              }
              if (mended && conn != null) {
                conn.close();
              }
            }
          }
        });
  }

  /** The loop that accepts waits for the greeting of one client, and all others wait with it. */
  private static void acceptLoopReads(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.serve(
        () -> {
          Listener listener = Net.listen("tcp", ":80");
          for (; ; ) {
            Conn conn = listener.accept();
            if (mended) {
              Net.go("greeting", () -> greet(conn));
            } else {
              greet(conn);
            }
          }
        });
    for (int i = 0; i < 3; i++) {
      sim.host("client")
          .run(
              () -> {
                sim.sleep(Duration.ofMillis(1 + sim.random().nextInt(20)));
                try (Conn conn = Net.dial("tcp", server.at(80))) {
                  conn.setReadTimeout(Duration.ofMillis(100));
                  sim.sleep(Duration.ofMillis(sim.random().nextInt(150)));
                  conn.write(new byte[1]);
                  conn.readFully(new byte[1]);
                }
              });
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void greet(Conn conn) throws IOException {
    try (conn) {
      conn.readFully(new byte[1]);
      conn.write(new byte[1]);
    }
  }

  /** Waits without a limit for a host that may have crashed. */
  private static void noTimeout(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.boot(
        each(
            conn -> {
              nap(sim, 199);
              greet(conn);
            }));
    sim.chaos(Duration.ofSeconds(10), server).crashes(3);
    sim.host("client")
        .run(
            () -> {
              sim.sleep(MILLI);
              for (int i = 0; i < 50; i++) {
                sim.sleep(Duration.ofMillis(200));
                Duration begin = sim.now();
                try (Conn conn = Net.dial("tcp", server.at(80), Duration.ofSeconds(1))) {
                  conn.write(new byte[1]);
                  if (mended) {
                    conn.setReadTimeout(Duration.ofSeconds(1));
                  }
                  conn.read(new byte[1]);
                } catch (IOException e) {
                  sim.log("failed: " + e);
                }
                assertEquals(0, sim.now().minus(begin).toSeconds() / 10, "waited for long");
              }
            });
  }

  /** Goes on with a connection behind a timeout, and takes the late answer for the next one's. */
  private static void staleAnswer(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    server.serve(each(Servers::echo));
    sim.chaos(Duration.ofSeconds(10), server, sim.host("test")).delays(3);
    sim.sleep(MILLI);
    Conn conn = Net.dial("tcp", server.at(80));
    for (int i = 0; i < 40; i++) {
      sim.sleep(Duration.ofMillis(250));
      conn.setReadTimeout(Duration.ofMillis(100));
      byte[] answer = new byte[1];
      try {
        conn.write(new byte[] {(byte) i});
        conn.readFully(answer);
        assertEquals(i, answer[0]);
      } catch (IOException e) {
        if (mended) {
          conn.close();
          conn = Net.dial("tcp", server.at(80));
        }
      }
    }
    conn.close();
  }

  /** A counter that takes each datagram for a new one; the mended one knows their numbers. */
  private static void datagramComesTwice(Sim sim, boolean mended) throws Exception {
    Host server = sim.host("server");
    List<Integer> counted = new ArrayList<>();
    server.serve(
        () -> {
          PacketConn conn = Net.listenPacket("udp", ":53");
          Datagram d = Datagram.allocate(100);
          for (; ; ) {
            conn.receive(d);
            int number = d.data().get(0);
            if (!mended || !counted.contains(number)) {
              counted.add(number);
            }
          }
        });
    sim.chaos(Duration.ofSeconds(5), server, sim.host("test")).disorders(2);
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("udp", server.at(53))) {
      for (int i = 0; i < 20; i++) {
        conn.write(new byte[] {(byte) i});
        sim.sleep(Duration.ofMillis(250));
      }
    }
    assertEquals(20, counted.size());
  }
}
