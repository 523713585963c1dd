package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetInterruptedException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/**
 * Programs with a single carrier, and no other in its place: whatever holds it, or needs it to let
 * go of something, holds everybody.
 */
@Proves("A14")
class OneCarrierTest {

  /**
   * A class initialiser is a native frame, so a virtual thread that waits in it keeps its carrier;
   * and nobody has ever waited before, so that the poller's own thread has not run once.
   */
  @Test
  void theFirstReadMayWaitInAClassInitialiserAndOtherConnectionsAreServedAfterwards()
      throws Exception {
    try (Child child = Child.start(Initialiser.class, Child.ONE_CARRIER)) {
      assertEquals("read 42 in the initialiser", child.hear());
      assertEquals("served 100", child.hear());
      assertEquals("read 43 in the initialiser", child.hear());
      assertEquals("served 100", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Reads in class initialisers while a single carrier is all there is. */
  static final class Initialiser {
    private static TcpConn conn;

    private static final class First {
      static final int BYTE = readByte();
    }

    private static final class Second {
      static final int BYTE = readByte();
    }

    private static int readByte() {
      try {
        byte[] one = new byte[1];
        conn.readFully(one);
        return one[0];
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    public static void main(String[] args) throws Exception {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
          Socket peer = connect(listener)) {
        conn = listener.accept(); // need not wait
        readInInitialiser(peer, 42, () -> First.BYTE);
        serve(listener);
        readInInitialiser(peer, 43, () -> Second.BYTE);
        serve(listener);
      }
      Runtime.getRuntime().halt(0);
    }

    private static void readInInitialiser(Socket peer, int value, IntSupplier initialiser)
        throws Exception {
      Thread reader =
          Net.go(() -> Child.tell("read " + initialiser.getAsInt() + " in the initialiser"));
      while (reader.getState() != Thread.State.WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      peer.getOutputStream().write(value);
      reader.join();
    }

    private static void serve(TcpListener listener) throws Exception {
      Thread server =
          Net.go(
              () -> {
                for (int i = 0; i < 100; i++) {
                  Conn accepted = listener.accept();
                  Net.go(() -> echo(accepted));
                }
              });
      int served = 0;
      for (int i = 0; i < 100; i++) {
        try (Socket client = connect(listener)) {
          client.setSoTimeout(20_000);
          client.getOutputStream().write(7);
          served += client.getInputStream().read() == 7 ? 1 : 0;
        }
      }
      server.join();
      Child.tell("served " + served);
    }
  }

  /**
   * {@code shutdownNow} interrupts all handlers at once. Each then closes its connection with the
   * interrupt status set, with which every park returns at once: a closer that spins for somebody
   * else to leave would keep him from the only carrier.
   */
  @Test
  void afterShutdownNowEveryHandlersCloseCompletes() throws Exception {
    try (Child child = Child.start(Shutdown.class, Child.ONE_CARRIER)) {
      assertEquals("terminated true", child.hear());
      assertEquals("interrupted 200, with their status 200, closed 200", child.hear());
      assertEquals("the helpers have ended", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Handlers on an executor, some of which share their connection with a second thread. */
  static final class Shutdown {
    private static final int HANDLERS = 200;
    private static final byte[] LOTS = new byte[64 << 20];

    public static void main(String[] args) throws Exception {
      AtomicInteger interrupted = new AtomicInteger();
      AtomicInteger status = new AtomicInteger();
      AtomicInteger closed = new AtomicInteger();
      List<Thread> helpers = new ArrayList<>();
      List<TcpConn> clients = new ArrayList<>();
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        List<TcpConn> conns = new ArrayList<>();
        for (int i = 0; i < HANDLERS; i++) {
          clients.add(Dialer.defaults().dialTcp("tcp4", listener.addr()));
          TcpConn accepted = listener.accept();
          conns.add(accepted);
          if (i % 2 == 0) {
            // Waits inside the connection, uninterrupted: the handler's close has to send it out.
            helpers.add(Net.go(() -> accepted.write(LOTS)));
          }
          var _ =
              executor.submit(
                  () -> {
                    try (accepted) {
                      return accepted.read(new byte[1]);
                    } catch (NetInterruptedException e) {
                      interrupted.incrementAndGet();
                      status.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
                      return -1;
                    } finally {
                      closed.addAndGet(accepted.isClosed() ? 1 : 0);
                    }
                  });
        }
        LockSupport.parkNanos(300_000_000); // most of them are parked, some may not have begun
        while (conns.stream().anyMatch(TcpConn::isClosed)) {
          throw new IllegalStateException("closed too early");
        }
        executor.shutdownNow();
        Child.tell("terminated " + executor.awaitTermination(30, TimeUnit.SECONDS));
      }
      Child.tell(
          "interrupted " + interrupted + ", with their status " + status + ", closed " + closed);
      for (Thread helper : helpers) {
        helper.join();
      }
      Child.tell("the helpers have ended");
      Runtime.getRuntime().halt(clients.size() == HANDLERS ? 0 : 1);
    }
  }

  /** SO_LINGER makes close(2) wait in the kernel, on a non-blocking socket as well: socket(7). */
  @Test
  void aCloseThatLingersHoldsNoCarrier() throws Exception {
    try (Child child = Child.start(Lingering.class, Child.ONE_CARRIER)) {
      child.hear(); // the time that close took, which is the kernel's affair
      int turns = child.hearInt();
      assertTrue(turns > 20, () -> "another thread ran only " + turns + " times meanwhile");
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Closes with two seconds of linger towards a peer that reads nothing. */
  static final class Lingering {
    public static void main(String[] args) throws Exception {
      try (TcpPair pair = TcpPair.withSmallBuffers()) {
        pair.client().setLinger(Duration.ofSeconds(2));
        pair.client().setWriteTimeout(Duration.ofMillis(300));
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger meanwhile = new AtomicInteger();
        Thread ticker = Thread.startVirtualThread(() -> tick(turns));
        Thread closer =
            Thread.startVirtualThread(
                () -> {
                  try {
                    pair.client().write(new byte[1 << 20]);
                  } catch (IOException full) {
                    // Now there is something to linger for.
                  }
                  int before = turns.get();
                  long start = System.nanoTime();
                  pair.client().close();
                  meanwhile.set(turns.get() - before);
                  Child.tell("close took " + (System.nanoTime() - start) / 1_000_000 + " ms");
                });
        closer.join();
        ticker.interrupt();
        ticker.join();
        Child.tell(meanwhile.get());
      }
      Runtime.getRuntime().halt(0);
    }
  }

  /** Counts the turns of a thread that wants one every millisecond. */
  static void tick(AtomicInteger turns) {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(1_000_000);
      turns.incrementAndGet();
    }
  }

  static void echo(Conn conn) throws IOException {
    try (conn) {
      byte[] buf = new byte[4096];
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    }
  }

  static Socket connect(TcpListener listener) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), listener.addr().port());
  }
}
