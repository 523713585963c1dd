package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** The same seed gives the same run, byte for byte. */
@NeedsSim
@Proves("sim-same")
class SimDeterminismTest {
  private static final int ROUNDS = Integer.getInteger("gonet.sim.rounds", 100);

  /** Echo over a bad link, from three clients at once. */
  static void echo(Sim sim) throws Exception {
    Host server = sim.host("server");
    Host client = sim.host("client");
    sim.link(server, client).loss(0.1).latency(Duration.ofMillis(3)).bandwidth(1 << 20);
    server.serve(
        () -> {
          try (Listener listener = Net.listen("tcp", ":80")) {
            for (; ; ) {
              Conn conn = listener.accept();
              Net.go("handler", () -> echo(conn));
            }
          }
        });
    for (int i = 0; i < 3; i++) {
      client.run(
          "client" + i,
          () -> {
            sim.sleep(Duration.ofMillis(1));
            try (Conn conn = Net.dial("tcp", server.at(80))) {
              Thread writer = Net.go("writer", () -> send(conn, 20_000));
              byte[] got = conn.inputStream().readAllBytes();
              writer.join();
              sim.log("got " + got.length);
              assertEquals(20_000, got.length);
            }
          });
    }
  }

  private static void send(Conn conn, int bytes) throws IOException {
    conn.write(new byte[bytes]);
    conn.closeWrite();
  }

  private static void echo(Conn conn) throws IOException {
    try (conn) {
      byte[] buf = new byte[1000];
      for (int n; (n = conn.read(buf)) > 0; ) {
        conn.write(buf, 0, n);
      }
    }
  }

  /** All that threads wait for: monitors, notifications, locks, conditions, queues, sleeps. */
  static void waits(Sim sim) {
    Object monitor = new Object();
    ReentrantLock lock = new ReentrantLock();
    Condition turn = lock.newCondition();
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
    Host host = sim.host("host");
    for (int i = 0; i < 5; i++) {
      int id = i;
      host.run(
          "worker" + i,
          () -> {
            for (int k = 0; k < 4; k++) {
              Thread.sleep(1 + ThreadLocalRandom.current().nextInt(5));
              synchronized (monitor) {
                sim.log(id + " is in");
                Thread.sleep(1 + sim.random().nextInt(5));
                if (k == 2) {
                  monitor.notifyAll();
                } else if (k == 1) {
                  monitor.wait(3);
                }
                sim.log(id + " is out");
              }
              lock.lock();
              try {
                if (k % 2 == 0) {
                  boolean _ = turn.await(2, TimeUnit.MILLISECONDS);
                }
                turn.signal();
              } finally {
                lock.unlock();
              }
              if (!queue.offer(id, 1, TimeUnit.MILLISECONDS)) {
                sim.log(id + " takes " + queue.poll());
              }
            }
          });
    }
  }

  private static void assertSame(Sim.Scenario scenario) {
    Outcome first = Sim.attempt(7, scenario, true);
    assertNull(first.failure());
    assertTrue(first.log().lines().count() > 20, first.log());
    for (int i = 0; i < ROUNDS; i++) {
      assertLinesMatch(first.log().lines(), Sim.attempt(7, scenario, true).log().lines());
    }
    Set<String> others = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      others.add(Sim.attempt(seed, scenario, true).log());
    }
    assertEquals(20, others.size());
  }

  @Test
  void aNetworkOfOneSeedIsTheSameEachTime() {
    assertSame(SimDeterminismTest::echo);
  }

  @Test
  void contendedMonitorsLocksAndQueuesAreTheSameEachTime() {
    assertSame(SimDeterminismTest::waits);
  }

  @Test
  void generationsThatHandOverAreTheSameEachTime() {
    assertSame(SimHandOverTest::succeed);
  }
}
