package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * The only carrier never runs out of work, because connections wake each other without end. The
 * thread of a new connection is work from outside, which the scheduler looks at when it has no
 * other.
 */
class NewConnectionTest {
  private static final int BUSY = 200;
  private static final int WARM_UP = 60;
  private static final int FRESH = 240;
  private static final long PAUSE_NANOS = 10_000_000;

  /** A selector's thread shares its core with the carrier, and the kernel gives each its slices. */
  private static final long BOUND_MICROS =
      System.getProperty("gonet.backend", "").equals("nio") ? 200_000 : 20_000;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void aNewConnectionIsServedSoonWhileOthersKeepTheCarrierBusy(TestReporter reporter)
      throws Exception {
    try (Child child = Child.startOnOneCpu(Server.class, Child.ONE_CARRIER)) {
      int port = child.hearInt();
      try (Selector busy = busyClients(port);
          Socket old = new Socket(InetAddress.getLoopbackAddress(), port)) {
        for (int i = 0; i < WARM_UP; i++) {
          firstEchoMicros(port);
        }
        // A busy machine delays everybody: what it does to a connection that is known already is
        // the measure. A starved one is late where the others are not.
        long[] fresh = new long[FRESH];
        long[] known = new long[FRESH];
        for (int i = 0; i < FRESH; i++) {
          LockSupport.parkNanos(PAUSE_NANOS);
          fresh[i] = firstEchoMicros(port);
          known[i] = echoMicros(old);
        }
        assertTrue(busy.keys().size() == BUSY, "the busy ones have ended");
        String seen = "new: " + percentiles(fresh) + "; known: " + percentiles(known);
        reporter.publishEntry("first echo", seen);
        assertTrue(p90(fresh) <= BOUND_MICROS + 2 * p90(known), seen);
      }
    }
  }

  private static long firstEchoMicros(int port) throws IOException {
    long start = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      echoMicros(socket);
    }
    return (System.nanoTime() - start) / 1000;
  }

  private static long echoMicros(Socket socket) throws IOException {
    long start = System.nanoTime();
    socket.getOutputStream().write('x');
    assertEquals('x', socket.getInputStream().read());
    return (System.nanoTime() - start) / 1000;
  }

  private static long p90(long[] micros) {
    long[] sorted = micros.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length * 9 / 10];
  }

  private static String percentiles(long[] micros) {
    return "p90 " + p90(micros) + " µs, max " + Arrays.stream(micros).max().orElseThrow() + " µs";
  }

  /**
   * Clients that send what they got, in this process and with a core of its own if there is one.
   */
  private static Selector busyClients(int port) throws IOException {
    Selector selector = Selector.open();
    for (int i = 0; i < BUSY; i++) {
      SocketChannel client =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      client.write(ByteBuffer.allocate(128));
      client.configureBlocking(false);
      client.register(selector, SelectionKey.OP_READ);
    }
    Thread.ofPlatform().daemon().name("busy clients").start(() -> sendBack(selector));
    return selector;
  }

  private static void sendBack(Selector selector) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    try {
      for (; ; ) {
        selector.select(
            key -> {
              SocketChannel client = (SocketChannel) key.channel();
              try {
                buffer.clear();
                client.read(buffer);
                client.write(buffer.flip());
              } catch (IOException e) {
                key.cancel();
              }
            });
      }
    } catch (IOException | ClosedSelectorException e) {
      // The test is over.
    }
  }

  /** Echoes. */
  static final class Server {
    public static void main(String[] args) throws Exception {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
        Net.go(
            () -> {
              for (; ; ) {
                Conn conn = listener.accept();
                Net.go(() -> echo(conn));
              }
            });
        Child.tell(listener.addr().port());
        Child.awaitLine();
      }
    }

    private static void echo(Conn conn) throws IOException {
      try (conn) {
        byte[] buffer = new byte[4096];
        for (int n; (n = conn.read(buffer)) >= 0; ) {
          conn.write(buffer, 0, n);
        }
      }
    }
  }
}
