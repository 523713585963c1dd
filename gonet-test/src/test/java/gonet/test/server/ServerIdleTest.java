package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.server.IdleAction;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a connection is idle, and what becomes of it. */
@LeakCheck
@Timeout(60)
class ServerIdleTest {
  private static final Duration IDLE = Duration.ofMillis(800);

  private final BlockingQueue<IOException> endings = new ArrayBlockingQueue<>(10);

  private void echoToTheEnd(ServerConn conn) throws IOException {
    try {
      Clients.echo(conn);
    } catch (IOException e) {
      endings.add(e);
      throw e;
    }
  }

  private IOException ending() throws InterruptedException {
    IOException e = endings.poll(20, TimeUnit.SECONDS);
    assertInstanceOf(IOException.class, e);
    return e;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Something every half of the limit, for five times the limit. */
  private static void tenTimes(Step step) throws IOException {
    long next = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      step.run();
      next += IDLE.toNanos() / 2;
      for (long left; (left = next - System.nanoTime()) > 0; ) {
        LockSupport.parkNanos(left);
      }
    }
  }

  @Test
  void aSilentClientIsClosedWhenTheLimitIsOverAndNotBefore() throws Exception {
    try (Server server = echo().idleTimeout(IDLE).handler(this::echoToTheEnd).start();
        Conn conn = dial(server)) {
      ping(conn);
      long start = System.nanoTime();
      assertTrue(refused(conn));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(IDLE.minusMillis(1)) >= 0, took::toString);
      assertInstanceOf(NetClosedException.class, ending());
      eventually(() -> server.connections() == 0);
      assertEquals(1, server.stats().idle());
    }
  }

  @Test
  void readsAloneAreActivity() throws Exception {
    try (Server server =
            echo()
                .idleTimeout(IDLE)
                .handler(
                    conn -> {
                      while (conn.read(new byte[1]) > 0) {
                        // Only reads.
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      tenTimes(() -> conn.write(new byte[1]));
      assertEquals(1, server.connections());
      assertEquals(0, server.stats().idle());
    }
  }

  @Test
  void writesAloneAreActivity() throws Exception {
    try (Server server =
            echo()
                .idleTimeout(IDLE)
                .handler(conn -> tenTimes(() -> conn.write(new byte[1])))
                .start();
        Conn conn = dial(server)) {
      assertEquals(10, conn.readAll(100).length);
      assertEquals(0, server.stats().idle());
    }
  }

  @Test
  void aSlowReaderThatMakesProgressIsNotIdle() throws Exception {
    try (Server server =
        echo()
            .listenConfig(ListenConfig.defaults().withWriteBuffer(20_000))
            .idleTimeout(IDLE)
            .handler(conn -> conn.write(new byte[800_000]))
            .start()) {
      assumeTrue(Net.stats().backend().equals("epoll"), "only epoll tells of acknowledgements");
      try (Conn conn = dialSmall(server)) {
        // As much as its window holds, so that each time there is something to acknowledge.
        byte[] some = new byte[40_000];
        tenTimes(() -> conn.readFully(some));
        assertEquals(400_000, conn.readAll(1 << 20).length);
        assertEquals(0, server.stats().idle());
      }
    }
  }

  @Test
  void aReaderThatStopsIsIdleAlthoughAWriteWaitsForIt() throws Exception {
    try (Server server =
            echo()
                .listenConfig(ListenConfig.defaults().withWriteBuffer(20_000))
                .idleTimeout(IDLE)
                .handler(
                    conn -> {
                      try {
                        conn.write(new byte[10_000_000]);
                      } catch (IOException e) {
                        endings.add(e);
                        throw e;
                      }
                    })
                .start();
        Conn conn = dialSmall(server)) {
      assertInstanceOf(NetClosedException.class, ending());
      assertEquals(1, server.stats().idle());
      assertTrue(conn.readAll(1 << 24).length < 10_000_000);
    } catch (IOException reset) {
      // How the client hears of it is the kernel's choice.
    }
  }

  private static Conn dialSmall(Server server) throws IOException {
    TcpConn conn =
        Dialer.defaults().withReadBuffer(20_000).dialTcp("tcp", server.addr().toString());
    conn.setReadTimeout(Clients.LIMIT);
    return conn;
  }

  @Test
  void theHandlerMayHearOfItByADeadlineAndSayGoodbye() throws Exception {
    try (Server server =
            echo()
                .idleTimeout(IDLE)
                .idleAction(IdleAction.TIME_OUT)
                .handler(
                    conn -> {
                      try {
                        Clients.echo(conn);
                      } catch (NetTimeoutException e) {
                        endings.add(e);
                        conn.setDeadline(null);
                        conn.write(new byte[3]);
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      assertEquals(3, conn.readAll(10).length);
      assertInstanceOf(NetTimeoutException.class, ending());
      assertEquals(1, server.stats().idle());
    }
  }

  @Test
  void aHandlerThatIgnoresTheDeadlineIsClosedOneLimitLater() throws Exception {
    try (Server server =
            echo()
                .idleTimeout(IDLE)
                .idleAction(IdleAction.TIME_OUT)
                .handler(
                    conn -> {
                      for (; ; ) {
                        try {
                          Clients.echo(conn);
                        } catch (NetTimeoutException e) {
                          endings.add(e);
                          conn.setDeadline(null);
                        } catch (IOException e) {
                          endings.add(e);
                          throw e;
                        }
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      assertInstanceOf(NetTimeoutException.class, ending());
      assertInstanceOf(NetClosedException.class, ending());
      assertTrue(refused(conn));
    }
  }

  @Test
  void activityIsToldApartForEachConnection() throws Exception {
    try (Server server = echo().idleTimeout(IDLE).start()) {
      List<Conn> silent = served(server, 50);
      try (Conn busy = dial(server)) {
        tenTimes(() -> ping(busy));
        assertEquals(1, server.connections());
        assertEquals(50, server.stats().idle());
      }
      closeAll(silent);
    }
  }
}
