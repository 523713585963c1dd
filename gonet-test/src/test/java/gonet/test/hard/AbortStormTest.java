package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Thousands of clients connect and reset at any point: in the queue, before the first byte, within
 * the request, within the response. Afterwards a server must be as it was before: {@link LeakCheck}
 * looks at descriptors, registrations and timers.
 */
@LeakCheck
class AbortStormTest {
  private static final int REQUEST = 64;
  private static final int RESPONSE = 100_000;
  private static final int THREADS = 4;

  private final LongAdder handled = new LongAdder();
  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();

  @Test
  @Proves("A16")
  void tenThousandConnectionsAbortedAtRandomPointsLeaveTheServerAsItWas() throws Exception {
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      Thread server = Net.go(() -> serve(listener));
      storm(listener.addr().port(), 1000, 1); // classes are loaded, tables have grown
      int registered = Net.stats().registered();
      awaitIdle(registered);
      long heap = liveHeapBytes();

      storm(listener.addr().port(), 10_000, 2);

      awaitIdle(registered);
      long growth = liveHeapBytes() - heap;
      assertTrue(growth < 2 << 20, () -> growth + " bytes more on the heap");
      assertEquals(List.of(), log.lines(), "a log that a client can fill");
      assertEquals(List.of(), List.copyOf(surprises));
      assertTrue(server.isAlive(), "the accept loop has ended");
      assertServes(listener);
      assertTrue(handled.sum() > 0);
    }
  }

  private void serve(TcpListener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            handled.increment();
            try (conn) {
              byte[] request = new byte[REQUEST];
              conn.awaitReadable();
              conn.readFully(request);
              conn.write(new byte[RESPONSE]);
              var _ = conn.read(request);
            } catch (EOFException e) {
              throw e; // cut short by an orderly end
            } catch (IOException e) {
              if (!NetFailure.isConnectionGone(e)) {
                surprises.add(e);
              }
              throw e;
            }
          });
    }
  }

  private static void storm(int port, int count, int seed) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(count);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * 1000L + i);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (left.getAndDecrement() > 0) {
                      connectAndAbort(port, random);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void connectAndAbort(int port, Random random) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoLinger(true, 0);
      int point = random.nextInt(6);
      if (point >= 1) {
        for (int spin = random.nextInt(2000); spin > 0; spin--) {
          Thread.onSpinWait(); // in the queue, or just taken out of it
        }
      }
      if (point >= 2) {
        socket.getOutputStream().write(new byte[1 + random.nextInt(REQUEST - 1)]);
      }
      if (point == 3) {
        socket.shutdownOutput();
      }
      if (point >= 4) {
        socket.getOutputStream().write(new byte[REQUEST]);
        int some = random.nextInt(RESPONSE);
        socket.getInputStream().readNBytes(some);
      }
    } catch (IOException e) {
      // The server was faster, which is as good.
    }
  }

  private static void assertServes(TcpListener listener) throws IOException {
    try (TcpConn conn = Dialer.defaults().dialTcp("tcp4", listener.addr())) {
      conn.write(new byte[REQUEST]);
      conn.readFully(new byte[RESPONSE]);
    }
  }

  private static void awaitIdle(int registered) {
    Awaitility.await("handlers end").until(() -> Net.stats().registered() <= registered);
  }

  private static long liveHeapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
