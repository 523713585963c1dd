package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpListener;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One connection brings data faster than its handler can take it. The handler then never waits, and
 * without an end to its turn it would keep the carrier for itself.
 */
class FairnessTest {
  private static final int PINGERS = 100;
  private static final int ROUNDS = 21;

  /** In one round; at ten microseconds for each, fifty milliseconds of the carrier's time. */
  private static final int BOUND = 5_000;

  @Test
  @Proves("uv-batch")
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void aHundredQuietConnectionsAreServedBesideOneThatNeverPauses() throws Exception {
    try (Child child = Child.start(Busy.class, Child.ONE_CARRIER)) {
      int[] rounds = new int[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        rounds[i] = child.hearInt();
      }
      Arrays.sort(rounds);
      // A busy machine may keep a poller that is a platform thread from its core, in some rounds.
      assertTrue(
          rounds[ROUNDS / 2] <= BOUND,
          () ->
              "reads of the busy connection before the last ping was seen: "
                  + Arrays.toString(rounds));
    }
  }

  /**
   * Time is counted by the reads of the busy connection, so that a busy machine stops the clock.
   * Its handler sends the pings itself: over loopback each is in its receiver's buffer when the
   * write returns.
   */
  static final class Busy {
    private static final Object LOCK = new Object();

    /** By the busy connection's handler. */
    private static volatile int reads;

    private static final Socket[] pingers = new Socket[PINGERS];

    /** Guarded by LOCK: pings that nobody has seen, and the reads when they were sent. */
    private static int open;

    private static int sentAt;
    private static int rounds;

    private Busy() {}

    public static void main(String[] args) throws Exception {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
        Net.go(
            () -> {
              for (; ; ) {
                Conn conn = listener.accept();
                Net.go(() -> handle(conn));
              }
            });
        int port = listener.addr().port();
        for (int i = 0; i < PINGERS; i++) {
          pingers[i] = new Socket(InetAddress.getLoopbackAddress(), port);
          pingers[i].setTcpNoDelay(true);
          ping(pingers[i]);
          if (pingers[i].getInputStream().read() != 'P') { // its handler is there
            throw new IllegalStateException("no answer");
          }
        }
        try (Socket firehose = new Socket(InetAddress.getLoopbackAddress(), port)) {
          firehose.getOutputStream().write('F');
          Thread.ofPlatform().daemon().start(() -> flood(firehose));
          Child.awaitLine();
        }
      }
    }

    private static void flood(Socket socket) {
      byte[] lots = new byte[1 << 16];
      try {
        for (; ; ) {
          socket.getOutputStream().write(lots);
        }
      } catch (IOException e) {
        // The test is over.
      }
    }

    private static void handle(Conn conn) throws IOException {
      try (conn) {
        byte[] buf = new byte[256];
        for (boolean busy = false; ; ) {
          int n = conn.read(buf);
          if (n < 0) {
            return;
          }
          busy |= buf[0] == 'F';
          if (busy) {
            work();
          } else {
            seen();
            conn.write(buf, 0, n);
          }
        }
      }
    }

    /** Some microseconds for a few bytes: the source is always ahead. */
    private static void work() throws IOException {
      long end = System.nanoTime() + 10_000;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      int now = reads + 1;
      reads = now; // there is no other writer
      if (now % 1_000 == 0 && begin(now)) {
        for (Socket pinger : pingers) {
          ping(pinger);
        }
      }
    }

    private static boolean begin(int now) {
      synchronized (LOCK) {
        if (open > 0 || rounds == ROUNDS) {
          return false;
        }
        open = PINGERS;
        sentAt = now;
        return true;
      }
    }

    private static void seen() {
      synchronized (LOCK) {
        if (open > 0 && --open == 0) {
          rounds++;
          Child.tell(reads - sentAt);
        }
      }
    }

    private static void ping(Socket pinger) throws IOException {
      pinger.getOutputStream().write('P');
    }
  }
}
