package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.TcpConn;
import gonet.server.IdleAction;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The threads that a server has one of wait in no close, neither for a peer that takes nothing nor
 * for a layer that does not come back. Shown by order: what such a thread does next has happened,
 * and the closes are still under way.
 */
@LeakCheck
@Timeout(180)
@Proves("server-prompt")
class ServerPromptCloseTest {
  /** Beyond the limit of each test. */
  private static final Duration LINGER = Duration.ofMinutes(10);

  private static final int LINGERING = 4;

  /** A permit for each flood that can send no more. */
  private static final Semaphore FULL = new Semaphore(0);

  private static final byte FLOOD = 'f';
  private static final byte STAY = 's';

  /** A client asks for more than it will ever read, or for nothing. */
  private static void serve(Conn conn) throws IOException {
    byte[] wish = new byte[1];
    conn.readFully(wish);
    conn.write(wish);
    if (wish[0] == FLOOD) {
      TcpConn tcp = conn.find(TcpConn.class);
      assertNotEquals(null, tcp);
      tcp.setLinger(LINGER);
      tcp.setWriteBuffer(20_000);
      conn.setWriteTimeout(Duration.ofMillis(100));
      try {
        fill(conn);
      } finally {
        FULL.release(); // also if the idle limit was first: nothing had moved for so long
      }
    }
    var _ = conn.read(wish);
  }

  /**
   * Until the kernels of both sides have taken all they can, so that there is something to linger
   * for: until nothing moves, and not by chance, as where this thread did not run.
   */
  private static void fill(Conn conn) throws IOException {
    for (int still = 0; still < 3; ) {
      try {
        conn.write(new byte[32 << 20]);
      } catch (SocketTimeoutException full) {
        still = full.bytesTransferred == 0 ? still + 1 : 0;
      }
    }
  }

  private static Conn client(Server server, byte wish) throws IOException {
    Conn conn = Clients.dial(server);
    conn.write(new byte[] {wish});
    conn.readFully(new byte[1]);
    return conn;
  }

  private static List<Conn> floods(Server server) throws IOException {
    FULL.drainPermits(); // those of a test that failed
    List<Conn> floods = new ArrayList<>();
    for (int i = 0; i < LINGERING; i++) {
      floods.add(client(server, FLOOD));
    }
    return floods;
  }

  private static long lingering() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("gonet-linger"))
        .count();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "channels of java.nio that do not block do not linger")
  void aServerHasClosedWhileEachOfItsConnectionsLingersYet() throws Exception {
    Server server = Clients.echo().handler(ServerPromptCloseTest::serve).start();
    List<Conn> floods = floods(server);
    FULL.acquire(LINGERING);
    server.close();
    Clients.eventually(() -> lingering() == LINGERING); // at the same time
    assertTrue(server.awaitClosed(Duration.ZERO));
    floods.forEach(Conn::abort);
    Clients.eventually(() -> lingering() == 0);
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "channels of java.nio that do not block do not linger")
  void anIdleLimitEndsAConnectionWhileOthersThatItHasEndedLingerYet() throws Exception {
    ServerBuilder builder =
        Clients.echo()
            .idleTimeout(Duration.ofMillis(500))
            .idleAction(IdleAction.CLOSE)
            .handler(ServerPromptCloseTest::serve);
    try (Server server = builder.start()) {
      List<Conn> floods = floods(server);
      FULL.acquire(LINGERING);
      Clients.eventually(() -> lingering() > 0);
      // It came later than those, and there is one more behind it.
      try (Conn innocent = client(server, STAY);
          Conn another = client(server, STAY)) {
        assertTrue(Clients.refused(innocent));
        assertTrue(Clients.refused(another));
      }
      Clients.eventually(() -> lingering() == LINGERING);
      floods.forEach(Conn::abort);
      Clients.eventually(() -> lingering() == 0);
    }
  }

  /** Does not come back from its close until it is told. */
  private static final class Stubborn extends ForwardingConn {
    private final CountDownLatch closing;
    private final CountDownLatch told;

    Stubborn(Conn conn, CountDownLatch closing, CountDownLatch told) {
      super(conn);
      this.closing = closing;
      this.told = told;
    }

    @Override
    public void close() {
      closing.countDown();
      boolean interrupted = false;
      while (true) {
        try {
          told.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      super.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void anIdleLimitEndsOthersWhileALayerDoesNotComeBackFromItsClose() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    ServerBuilder builder =
        Server.builder()
            .listenOn(
                "tcp",
                "127.0.0.1:0",
                conn -> {
                  boolean stubborn = first.getCount() == 1;
                  first.countDown();
                  return stubborn ? new Stubborn(conn, closing, told) : conn;
                })
            .idleTimeout(Duration.ofMillis(300))
            .idleAction(IdleAction.CLOSE)
            .handler(ServerPromptCloseTest::serve);
    try (Server server = builder.start();
        Conn held = client(server, STAY)) {
      closing.await();
      try (Conn innocent = client(server, STAY)) {
        assertTrue(Clients.refused(innocent));
      }
      var _ = server.shutdown(Duration.ZERO); // nor does the end of the server wait for it
      assertEquals(1, told.getCount());
      told.countDown();
      assertTrue(Clients.refused(held));
    }
  }
}
