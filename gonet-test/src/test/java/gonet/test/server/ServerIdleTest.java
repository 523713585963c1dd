package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.server.IdleAction;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of idle connections. When a connection is idle is tested without a clock. */
@LeakCheck
@Timeout(180)
class ServerIdleTest {
  private static final Duration IDLE = Duration.ofMillis(200);

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

  @Test
  @Proves({"node-idle", "A36", "B7"})
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

  /**
   * Whoever stands still for longer than the limit, the test or its machine, is rightly closed; so
   * the handler says when it last read, and holds that the end did not come sooner than the limit
   * allows.
   */
  @Test
  void anEndNeverComesBeforeTheLimitBehindTheLastByte() throws Exception {
    // The server counts a byte later than its client begins to write it.
    AtomicLongArray begun = new AtomicLongArray(10);
    AtomicLong idle = new AtomicLong();
    CountDownLatch ended = new CountDownLatch(1);
    try (Server server =
            echo()
                .idleTimeout(IDLE)
                .handler(
                    conn -> {
                      int got = 0;
                      try {
                        while (conn.read(new byte[1]) > 0) {
                          got++;
                        }
                      } catch (NetClosedException e) {
                        if (got > 0) { // or the machine stood still before the first
                          idle.set(System.nanoTime() - begun.get(got - 1));
                        } else {
                          idle.set(Long.MAX_VALUE);
                        }
                        ended.countDown();
                        throw e;
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      for (int i = 0; i < 10; i++) {
        begun.set(i, System.nanoTime());
        conn.write(new byte[1]);
        if (ended.await(IDLE.toMillis() / 2, TimeUnit.MILLISECONDS)) {
          break; // the machine stood still
        }
      }
      ended.await();
      assertTrue(idle.get() >= IDLE.toNanos(), () -> "closed after " + idle + " ns of silence");
    } catch (IOException closed) {
      // As the machine stood still.
    }
  }

  @Test
  @Proves("B6")
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
  @Proves("B5")
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
}
