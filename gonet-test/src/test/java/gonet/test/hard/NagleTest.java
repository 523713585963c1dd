package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Two small writes and a read: Nagle's algorithm (RFC 9293, 3.7.4) holds the second back until the
 * first is acknowledged, and the peer delays that because it has an answer to send along. On Linux
 * 40 ms for each request.
 */
@LeakCheck
class NagleTest {
  private static final int REQUESTS = 31;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("tcp-nagle")
  void requestsInTwoWritesAreNotHeldBack() throws Exception {
    // The quarter that a busy machine disturbed least; held back, no more than a few are fast.
    Duration lower = roundTrip(Dialer.defaults(), REQUESTS / 4);
    assertTrue(lower.toMillis() < 20, lower::toString);
  }

  @Test
  @Proves("node-nagle")
  @EnabledOnOs(value = OS.LINUX, disabledReason = "other kernels delay in another way")
  void requestsInTwoWritesAreHeldBackWhereOneAsksForIt() throws Exception {
    Duration median = roundTrip(Dialer.defaults().withNoDelay(false), REQUESTS / 2);
    assertTrue(median.toMillis() >= 20, median::toString);
  }

  @Test
  @Proves({"tcp-nagle", "sys-inherit", "node-nagle"})
  void bothEndsOfAConnectionSendAtOnceByDefault() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      assertTrue(pair.client().noDelay());
      assertTrue(pair.server().noDelay());
    }
  }

  /** The round trip than which so many are shorter. */
  private Duration roundTrip(Dialer dialer, int rank) throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
        TcpConn client = dialer.dialTcp("tcp4", listener.addr());
        TcpConn server = listener.accept()) {
      Job<Void> answers =
          crew.start(
              "answers",
              () -> {
                byte[] request = new byte[2];
                for (int i = 0; i < REQUESTS; i++) {
                  server.readFully(request);
                  server.write(request, 0, 1);
                }
              });
      long[] nanos = new long[REQUESTS];
      byte[] one = new byte[1];
      for (int i = 0; i < REQUESTS; i++) {
        long begin = System.nanoTime();
        client.write(one);
        client.write(one);
        assertEquals(1, client.read(one));
        nanos[i] = System.nanoTime() - begin;
      }
      answers.result();
      Arrays.sort(nanos);
      return Duration.ofNanos(nanos[rank]);
    }
  }
}
