package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.internal.backend.Errno;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Faults.Call;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * accept(2) fails for reasons that are not the listener's: the connection at the head of the queue
 * has died, or the kernel is short of something. A server has to outlive all of them.
 */
@LeakCheck
class AcceptTroubleTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @ParameterizedTest
  @ValueSource(
      ints = {
        Errno.ECONNABORTED,
        Errno.EPROTO,
        Errno.ENOPROTOOPT,
        Errno.ENETDOWN,
        Errno.ENETUNREACH,
        Errno.EHOSTDOWN,
        Errno.EHOSTUNREACH,
        Errno.ENONET,
        Errno.ETIMEDOUT
      })
  void deadConnectionsAtTheHeadOfTheQueueArePassedOver(int errno) throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Faults faults = Faults.begin()) {
      faults.failNext(Call.ACCEPT, 50, errno);
      assertServes(listener, crew.compute("accept", () -> (TcpConn) listener.accept()));
      assertEquals(50, faults.injected(Call.ACCEPT));
    }
  }

  @ParameterizedTest
  @Proves("uv-emfile")
  @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM})
  void aShortageIsWaitedForWithGrowingPauses(int errno) throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Faults faults = Faults.begin()) {
      faults.failNext(Call.ACCEPT, 4, errno);
      long begin = System.nanoTime();
      Job<TcpConn> accept = crew.compute("accept", () -> (TcpConn) listener.accept());
      assertServes(listener, accept);
      assertEquals(4, faults.injected(Call.ACCEPT));
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      // 5 + 10 + 20 + 40 ms.
      assertTrue(took.toMillis() >= 75, took::toString);
    }
  }

  @Test
  void duringAShortageTheDeadlineCloseAndInterruptsStillCount() throws Exception {
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    try (Faults faults = Faults.begin()) {
      faults.failEvery(Call.ACCEPT, 1, Errno.EMFILE);
      listener.setTimeout(Duration.ofMillis(60));
      assertThrows(NetTimeoutException.class, listener::accept);
      listener.setTimeout(null);

      Job<?> interrupted = crew.compute("interrupted", listener::accept);
      awaitInjected(faults, faults.injected(Call.ACCEPT) + 2);
      interrupted.thread().interrupt();
      interrupted.failure(NetInterruptedException.class);

      Job<?> closed = crew.compute("closed", listener::accept);
      awaitInjected(faults, faults.injected(Call.ACCEPT) + 2);
      listener.close();
      closed.failure(NetClosedException.class);
    } finally {
      listener.close();
    }
  }

  @Test
  void aShortageDoesNotBurnTheProcessor() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Faults faults = Faults.begin()) {
      faults.failEvery(Call.ACCEPT, 1, Errno.EMFILE);
      listener.setTimeout(Duration.ofSeconds(1));
      assertThrows(NetTimeoutException.class, listener::accept);
      // Pauses of 5, 10, ... 640 ms fit eight times into a second.
      assertTrue(faults.injected(Call.ACCEPT) <= 8, () -> "" + faults.injected(Call.ACCEPT));
    }
  }

  @Test
  @Proves("uv-armed")
  void anErrorNobodyKnowsIsThrownAndTheListenerLives() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Faults faults = Faults.begin()) {
      faults.failNext(Call.ACCEPT, 1, Errno.EIO);
      NetSocketException e = assertThrows(NetSocketException.class, listener::accept);
      assertEquals("EIO", e.errno());
      assertEquals(
          "accept tcp " + listener.addr() + ": accept4: input/output error", e.getMessage());
      assertServes(listener, crew.compute("accept", () -> (TcpConn) listener.accept()));
    }
  }

  private static void awaitInjected(Faults faults, long count) {
    Awaitility.await("failed accepts")
        .pollInterval(Duration.ofMillis(1))
        .until(() -> faults.injected(Call.ACCEPT) >= count);
  }

  /** A client of the JDK's own sockets, which no fault reaches, gets a byte. */
  private static void assertServes(Listener listener, Job<TcpConn> accept) throws Exception {
    int port = ((TcpAddr) listener.addr()).port();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        TcpConn conn = accept.result()) {
      assertEquals(client.getLocalPort(), conn.remoteAddr().port());
      conn.write(new byte[] {42});
      assertEquals(42, client.getInputStream().read());
    }
  }
}
