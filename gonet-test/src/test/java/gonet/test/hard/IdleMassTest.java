package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpListener;
import gonet.test.Proves;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand connections that do nothing. Each has a parked thread and no buffer; they take
 * neither the time nor the carrier of the threads that have something to do.
 */
class IdleMassTest {
  private static final int CONNS = 10_000;

  /** Three quarters of what an idle connection costs is the parked thread's stack. */
  private static final long HEAP_BYTES_PER_CONN = 6_000;

  @Test
  @Proves({"S19", "A14", "D17"})
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void tenThousandParkedConnectionsOnOneCarrierStopNoTickingThread(TestReporter reporter)
      throws Exception {
    assumeTrue(
        !(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
            || unix.getMaxFileDescriptorCount() > CONNS + 500,
        "needs ten thousand descriptors");
    List<String> flags = new ArrayList<>(Child.ONE_CARRIER);
    flags.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m"));
    List<Socket> clients = new ArrayList<>();
    try (Child child = Child.start(Server.class, flags)) {
      int port = child.hearInt();
      for (int i = 0; i < CONNS; i++) {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoLinger(true, 0); // no ten thousand TIME_WAITs afterwards
        clients.add(client);
      }
      assertEquals("all are parked", child.hear());
      int ticksAsTheyCame = child.hearInt();
      int gapMillis = child.hearInt();
      int ticks = child.hearInt();
      int heapPerConn = child.hearInt();
      reporter.publishEntry(
          "while they come and stay",
          "longest gap between ticks " + gapMillis + " ms, heap per connection " + heapPerConn);
      // A busy machine slows the thread that ticks and the clients down alike.
      assertTrue(ticksAsTheyCame > 0, "no tick while another thousand came");
      assertTrue(gapMillis < 10_000, () -> "no tick for " + gapMillis + " ms");
      assertTrue(ticks > 20, () -> "only " + ticks + " ticks in a second");
      assertTrue(heapPerConn < HEAP_BYTES_PER_CONN, () -> heapPerConn + " bytes per connection");
      // And each of them wakes.
      for (Socket client : clients) {
        client.setSoTimeout(20_000);
        client.getOutputStream().write(5);
      }
      for (Socket client : clients) {
        assertEquals(5, client.getInputStream().read());
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** Parks a thread for each connection and reports about a thread that wants to run. */
  static final class Server {
    public static void main(String[] args) throws Exception {
      AtomicLong longestGap = new AtomicLong();
      AtomicInteger accepted = new AtomicInteger();
      AtomicLong fewest = new AtomicLong(Long.MAX_VALUE);
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
        long before = liveHeapBytes();
        AtomicLong ticks = new AtomicLong();
        Thread.startVirtualThread(() -> tick(longestGap, ticks));
        Child.tell(listener.addr().port());
        Net.go(
            () -> {
              for (long before1000 = 0; ; ) {
                Conn conn = listener.accept();
                Net.go(() -> handle(conn));
                if (accepted.incrementAndGet() % 1000 == 0) {
                  long now = ticks.get();
                  fewest.accumulateAndGet(now - before1000, Math::min);
                  before1000 = now;
                }
              }
            });
        while (accepted.get() < CONNS || Net.stats().registered() < CONNS) {
          LockSupport.parkNanos(10_000_000);
        }
        Child.tell("all are parked");
        Child.tell(fewest.get());
        long gapMillis = longestGap.get() / 1_000_000;
        long from = ticks.get();
        LockSupport.parkNanos(1_000_000_000);
        Child.tell(Math.max(gapMillis, longestGap.get() / 1_000_000));
        Child.tell(ticks.get() - from);
        Child.tell((liveHeapBytes() - before) / CONNS);
        Child.awaitLine();
      }
    }

    private static void handle(Conn conn) throws IOException {
      try (conn) {
        conn.awaitReadable();
        byte[] buf = new byte[16];
        for (int n; (n = conn.read(buf)) >= 0; ) {
          conn.write(buf, 0, n);
        }
      }
    }

    private static void tick(AtomicLong longestGap, AtomicLong ticks) {
      for (long last = System.nanoTime(); ; ) {
        LockSupport.parkNanos(1_000_000);
        long now = System.nanoTime();
        longestGap.set(Math.max(longestGap.get(), now - last));
        ticks.incrementAndGet();
        last = now;
      }
    }

    private static long liveHeapBytes() {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
  }
}
