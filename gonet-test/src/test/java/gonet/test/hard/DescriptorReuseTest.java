package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * The kernel gives the lowest free number to the next socket, so a number is somebody else's within
 * microseconds of its close, while events for its last owner may still be on their way. Every
 * connection here speaks a pattern of its own, in both directions: a byte that reaches the wrong
 * one shows, and a wake-up that reaches the wrong one is missing where it belongs.
 */
@LeakCheck
@Proves("B23")
class DescriptorReuseTest {
  private static final int WORKERS = 8;
  private static final int FRAME = Long.BYTES;

  /** A read that waits for longer has lost its wake-up. */
  private static final Duration LOST = Duration.ofSeconds(20);

  private final AtomicLong cycles = new AtomicLong();
  private final LongAdder echoes = new LongAdder();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  @Proves({"A16", "D14"})
  void twentyThousandShortLivesLoseAndMixNothing(TestReporter reporter) throws Exception {
    live(20_000, reporter);
  }

  @Test
  @Proves("D14")
  @Tag("slow")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void aMillionShortLivesLoseAndMixNothing(TestReporter reporter) throws Exception {
    live(1_000_000, reporter);
  }

  private void live(long count, TestReporter reporter) throws Exception {
    long start = System.nanoTime();
    Thread server;
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      server = Net.go(() -> serve(listener));
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(Net.go(() -> work(listener, count)));
      }
      for (Thread worker : workers) {
        worker.join();
      }
    }
    server.join();
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(count, echoes.sum());
    reporter.publishEntry(
        "cycles per second", Long.toString(count * 1_000_000_000L / (System.nanoTime() - start)));
  }

  // ---- the clients -----------------------------------------------------------------------------

  private void work(TcpListener listener, long count) {
    for (long id; (id = cycles.incrementAndGet()) <= count && failures.isEmpty(); ) {
      try {
        liveOnce(listener, id);
        echoes.increment();
      } catch (Throwable t) {
        failures.add(new AssertionError("connection " + id, t));
      }
    }
  }

  private static void liveOnce(TcpListener listener, long id) throws Exception {
    TcpConn conn = Dialer.defaults().dialTcp("tcp4", listener.addr());
    try (conn) {
      conn.setReadTimeout(LOST);
      byte[] frame = frame(id);
      byte[] back = new byte[FRAME];
      for (int i = 0; i <= id % 3; i++) {
        conn.write(frame);
        conn.readFully(back);
        check(id, back);
      }
      switch ((int) (id % 5)) {
        case 0 -> conn.close();
        case 1 -> {
          // The answer, or the news of it, is on its way when the number is given back.
          conn.write(frame);
          conn.abort();
        }
        case 2 -> {
          conn.closeWrite();
          assertEquals(-1, conn.read(back));
        }
        case 3 -> closeUnderAReader(conn, id);
        default -> conn.abort();
      }
    }
  }

  private static void closeUnderAReader(TcpConn conn, long id) throws Exception {
    Thread closer =
        Thread.startVirtualThread(
            () -> {
              for (long spin = id % 200; spin > 0; spin--) {
                Thread.onSpinWait();
              }
              conn.close();
            });
    try {
      throw new AssertionError("read " + conn.read(new byte[FRAME]) + " that nobody sent");
    } catch (NetClosedException e) {
      closer.join();
    }
  }

  // ---- the server ------------------------------------------------------------------------------

  private void serve(TcpListener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(() -> echo(conn));
    }
  }

  /** Gives back what comes, and holds that all of it is the same client's. */
  private void echo(Conn conn) {
    try (conn) {
      conn.setReadTimeout(LOST);
      byte[] frame = new byte[FRAME];
      long id = 0;
      for (int have = 0, n; (n = conn.read(frame, have, FRAME - have)) >= 0; ) {
        have += n;
        if (have == FRAME) {
          have = 0;
          id = id != 0 ? id : ByteBuffer.wrap(frame).getLong();
          check(id, frame);
          conn.write(frame);
        }
      }
    } catch (IOException e) {
      if (!NetFailure.isConnectionGone(e)) {
        failures.add(e);
      }
    } catch (Throwable t) {
      failures.add(t);
    }
  }

  private static byte[] frame(long id) {
    return ByteBuffer.allocate(FRAME).putLong(id).array();
  }

  private static void check(long id, byte[] frame) {
    long got = ByteBuffer.wrap(frame).getLong();
    if (got != id) {
      throw new AssertionError("connection " + id + " got bytes of " + got);
    }
  }
}
