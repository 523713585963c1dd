package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.KeepAlive;
import gonet.TcpConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The kernel's own timer of probes, as /proc/net/tcp shows it. */
@LeakCheck
@Timeout(180)
@EnabledOnOs(value = OS.LINUX, disabledReason = "no /proc/net/tcp")
class KeepAliveTimerTest {
  private static final Duration SLACK = Duration.ofSeconds(30);

  private static TcpTable.Timer timer(TcpConn conn) throws IOException {
    return TcpTable.timer(conn.localAddr().port(), conn.remoteAddr().port());
  }

  private static void setIdle(TcpConn conn, Duration idle) throws IOException {
    conn.setKeepAlive(KeepAlive.on().withIdle(idle));
    TcpTable.Timer timer = timer(conn);
    assertTrue(timer.kind().equals(TcpTable.KEEPALIVE_TIMER), timer::toString);
    Duration left = timer.left();
    assertTrue(left.compareTo(idle.plusSeconds(1)) <= 0, left::toString);
    assertTrue(left.compareTo(idle.minus(SLACK)) > 0, left::toString);
  }

  @Test
  @Proves("B47")
  void aNewIdleTimeRestartsTheTimerAndSwitchingOffStopsIt() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      TcpConn conn = pair.client();
      setIdle(conn, Duration.ofSeconds(5000));
      setIdle(conn, Duration.ofSeconds(100));
      setIdle(conn, Duration.ofSeconds(1000));
      conn.setKeepAlive(KeepAlive.off());
      Awaitility.await().until(() -> timer(conn).kind().equals(TcpTable.NO_TIMER));
    }
  }
}
