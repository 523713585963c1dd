package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The kernel completes connections before anybody accepts them, see listen(2). */
@LeakCheck
class AcceptQueueTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  @Proves({"A3", "C1"})
  void whoWroteAndClosedBeforeTheAcceptIsReadToItsEnd() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      for (int i = 0; i < 100; i++) {
        try (Conn client = Net.dial("tcp", listener.addr().toString())) {
          client.write(("request " + i).getBytes(US_ASCII));
        }
      }
      for (int i = 0; i < 100; i++) {
        try (Conn conn = listener.accept()) {
          conn.setReadTimeout(LIMIT);
          assertEquals("request " + i, new String(conn.readAll(100), US_ASCII));
          assertEquals(-1, conn.read(new byte[1]));
        }
      }
    }
  }

  /** Linux compares with "greater". Who finds the queue full repeats its request after a second. */
  @Test
  @Proves("A3")
  @EnabledOnOs(value = OS.LINUX, disabledReason = "other kernels count in another way")
  void aBacklogTakesOneMoreThanItsNumber() throws Exception {
    int backlog = 5;
    List<Conn> queued = new ArrayList<>();
    try (TcpListener listener =
        ListenConfig.defaults().withBacklog(backlog).listenTcp("tcp4", "127.0.0.1:0")) {
      for (int i = 0; i <= backlog; i++) {
        queued.add(Dialer.defaults().withTimeout(LIMIT).dialTcp("tcp4", listener.addr()));
      }
      Dialer hasty = Dialer.defaults().withTimeout(Duration.ofMillis(200));
      assertThrows(NetTimeoutException.class, () -> hasty.dialTcp("tcp4", listener.addr()));
      for (Conn client : queued) {
        try (Conn conn = listener.accept()) {
          assertEquals(client.localAddr(), conn.remoteAddr());
        }
      }
    } finally {
      queued.forEach(Conn::close);
    }
  }

  /** The address is told, and taken, when the call returns: nobody has to wait for more. */
  @Test
  @Proves("A23")
  void aThousandFreshListenersTakeADialAtOnce() throws Exception {
    for (int i = 0; i < 1000; i++) {
      try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
          Conn client = Net.dial("tcp", listener.addr().toString());
          Conn conn = listener.accept()) {
        assertEquals(client.localAddr(), conn.remoteAddr());
      }
    }
  }
}
