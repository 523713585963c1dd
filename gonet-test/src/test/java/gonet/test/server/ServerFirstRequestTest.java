package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.TimeLimit;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Loopback;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that have connected before a shutdown, and send their first request after it began. */
@LeakCheck
@Proves("server-first-request")
@Timeout(180)
class ServerFirstRequestTest {
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** Less than a connection has for its first request, by far more than a test needs. */
  private static final long IN_TIME_NANOS = Duration.ofSeconds(4).toNanos();

  enum Style {
    THREAD {
      @Override
      ServerBuilder serve(ServerBuilder builder) {
        return builder.handler(
            conn -> {
              while (conn.awaitRequest() && answer(conn)) {
                // One after the other.
              }
            });
      }

      @Override
      boolean waits(ServerConn conn) {
        return conn.dump().waits().contains("read parked");
      }
    },
    REQUEST {
      @Override
      ServerBuilder serve(ServerBuilder builder) {
        return builder.requestHandler(
            conn -> {
              var _ = answer(conn);
            });
      }

      @Override
      boolean waits(ServerConn conn) {
        return conn.phase() == ServerConn.Phase.WAITING;
      }
    };

    abstract ServerBuilder serve(ServerBuilder builder);

    abstract boolean waits(ServerConn conn);

    private static boolean answer(ServerConn conn) throws IOException {
      byte[] one = new byte[1];
      boolean more = conn.read(one) > 0;
      if (more) {
        conn.write(one);
      }
      return more;
    }

    Server start(CountDownLatch asked) throws IOException {
      return serve(Server.builder().listenOn("tcp", Loopback.ownAnyPort()))
          .onFinish(conn -> asked.countDown())
          .start();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFirstRequestMayComeAfterAShutdownHasBegun(Style style) throws Exception {
    boolean inTime = false;
    while (!inTime) { // on a machine that stood still the time was over
      CountDownLatch asked = new CountDownLatch(2);
      try (Server server = style.start(asked);
          Conn served = dial(server);
          Conn fresh = dial(server)) {
        final long accepted = System.nanoTime();
        ping(served);
        eventually(
            () -> server.connections() == 2 && server.conns().stream().allMatch(style::waits));
        server.beginShutdown(GRACE);
        asked.await();
        assertEquals(-1, served.read(new byte[1]), "one that was served before ends at once");
        byte[] one = new byte[1];
        int n = silent(fresh);
        if (n == 0) {
          fresh.write(new byte[] {7});
          n = fresh.read(one);
        }
        inTime = System.nanoTime() - accepted < IN_TIME_NANOS;
        if (inTime) {
          assertEquals(1, n, "the first request was not answered");
          assertEquals(7, one[0]);
          assertEquals(-1, fresh.read(one), "and there is no second");
          ShutdownReport report = server.awaitClosed();
          assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
          assertEquals(2, report.finished());
        }
      }
    }
  }

  /** Nothing comes for a while: 0. Or the end: −1. */
  private static int silent(Conn conn) throws IOException {
    try {
      return conn.within(TimeLimit.after(Duration.ofMillis(50))).read(new byte[1]);
    } catch (SocketTimeoutException e) {
      return 0;
    }
  }

  /** After five seconds, or the test would see a forced end. */
  @Test
  void whoBringsNoneEndsInOrder() throws Exception {
    try (Server threads = Style.THREAD.start(new CountDownLatch(1));
        Server requests = Style.REQUEST.start(new CountDownLatch(1));
        Conn one = dial(threads);
        Conn other = dial(requests)) {
      eventually(() -> threads.connections() == 1 && requests.connections() == 1);
      threads.beginShutdown(GRACE);
      requests.beginShutdown(GRACE);
      assertEquals(-1, one.read(new byte[1]));
      assertEquals(-1, other.read(new byte[1]));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, threads.awaitClosed().outcome());
      assertEquals(ShutdownReport.Outcome.GRACEFUL, requests.awaitClosed().outcome());
    }
  }
}
