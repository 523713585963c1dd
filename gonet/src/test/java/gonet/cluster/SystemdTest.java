package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocketException;
import gonet.SocketDescriptor;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.UnixgramConn;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3) say of the variables. */
@Timeout(180)
@Proves("systemd")
class SystemdTest {
  private static final long PID = 4711;

  @TempDir Path folder;

  private static Systemd with(int first, String... variables) {
    Map<String, String> env = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      env.put(variables[i], variables[i + 1]);
    }
    return Systemd.of(Map.copyOf(env), PID, first);
  }

  private static Systemd with(String... variables) {
    return with(3, variables);
  }

  /** Else systemd would hear nothing of the new main process, and end the service. */
  @Test
  void aSuccessorFeedsTheWatchdogAndTakesNoSockets() {
    Map<String, String> env = new HashMap<>();
    env.put("LISTEN_PID", "" + PID);
    env.put("LISTEN_FDS", "1");
    env.put("WATCHDOG_PID", "" + PID);
    env.put("WATCHDOG_USEC", "2000000");
    assertNull(Systemd.of(Map.copyOf(env), PID + 1, 3).watchdog());
    Systemd.cleanForSuccessor(env);
    Systemd successor = Systemd.of(Map.copyOf(env), PID + 1, 3);
    assertEquals(Duration.ofSeconds(2), successor.watchdog());
    assertEquals(List.of(), successor.passed());
  }

  @Test
  void withoutVariablesNothingWasPassedAndNobodyListens() throws IOException {
    Systemd systemd = with();
    assertEquals(List.of(), systemd.passed());
    assertEquals(List.of(), systemd.listeners());
    assertFalse(systemd.notify("READY=1"));
    assertNull(systemd.watchdog());
    assertNull(systemd.startWatchdog(() -> true));
  }

  @Test
  void socketsHaveNumbersFromThreeOnAndNamesIfTheUnitSaysThem() {
    Systemd systemd =
        with("LISTEN_PID", "4711", "LISTEN_FDS", "3", "LISTEN_FDNAMES", "http::admin");
    assertEquals(
        List.of(
            new Systemd.Passed("http", 3),
            new Systemd.Passed("unknown", 4),
            new Systemd.Passed("admin", 5)),
        systemd.passed());
    assertEquals(
        List.of(new Systemd.Passed("unknown", 3)),
        with("LISTEN_PID", "4711", "LISTEN_FDS", "1").passed());
  }

  @Test
  void thoseOfAnotherProcessAndNumbersThatAreNoneAreNotTaken() {
    assertEquals(List.of(), with("LISTEN_PID", "4712", "LISTEN_FDS", "1").passed());
    assertEquals(List.of(), with("LISTEN_FDS", "1").passed());
    assertEquals(List.of(), with("LISTEN_PID", "4711", "LISTEN_FDS", "many").passed());
    assertEquals(List.of(), with("LISTEN_PID", "4711", "LISTEN_FDS", "-1").passed());
  }

  @Test
  void aListenerThatWasPassedAccepts() throws IOException {
    try (TcpListener open =
            ListenConfig.defaults().listenTcp("tcp", TcpAddr.of(AddrPort.parse("127.0.0.1:0")));
        SocketDescriptor passed = open.duplicateDescriptor()) {
      Systemd systemd = with(passed.number(), "LISTEN_PID", "4711", "LISTEN_FDS", "1");
      List<Listener> listeners = systemd.listeners();
      try (Listener listener = listeners.getFirst();
          Conn conn = Net.dial("tcp", open.addr().toString());
          Conn accepted = listener.accept()) {
        conn.write(new byte[1]);
        accepted.readFully(new byte[1]);
      }
    }
  }

  @Test
  void oneThatIsNoListenerIsNamedAndTheOthersAreNotKept() throws IOException {
    try (Listener open = Net.listen("tcp", "127.0.0.1:0");
        TcpConn conn = (TcpConn) Net.dial("tcp", open.addr().toString());
        SocketDescriptor passed = conn.duplicateDescriptor()) {
      Systemd systemd = with(passed.number(), "LISTEN_PID", "4711", "LISTEN_FDS", "1");
      String message = assertThrows(NetSocketException.class, systemd::listeners).getMessage();
      assertTrue(message.contains("fd " + passed.number()), message);
    }
  }

  @Test
  void newsGoToThePathAndToAnAbstractName() throws IOException {
    String path = folder.resolve("notify").toString();
    for (String name : List.of(path, "@gonet-notify-" + ProcessHandle.current().pid())) {
      try (UnixgramConn systemd = ListenConfig.defaults().listenUnixgram(name)) {
        systemd.setReadTimeout(Duration.ofSeconds(20));
        Systemd service = with("NOTIFY_SOCKET", name);
        service.ready();
        assertEquals("READY=1", heard(systemd));
        service.stopping();
        assertEquals("STOPPING=1", heard(systemd));
        service.status("two\nlines");
        assertEquals("STATUS=two lines", heard(systemd));
        service.mainProcess(12);
        assertEquals("MAINPID=12", heard(systemd));
        long before = System.nanoTime() / 1000;
        service.reloading();
        String[] lines = heard(systemd).split("\n");
        assertEquals("RELOADING=1", lines[0]);
        long told = Long.parseLong(lines[1].substring("MONOTONIC_USEC=".length()));
        assertTrue(before <= told && told <= System.nanoTime() / 1000, lines[1]);
      }
    }
  }

  private static String heard(UnixgramConn systemd) throws IOException {
    ByteBuffer buf = ByteBuffer.allocate(200);
    var _ = systemd.receive(buf);
    return new String(buf.array(), 0, buf.position(), UTF_8);
  }

  @Test
  void whereNobodyListensToTheNewsTheServiceGoesOn() {
    assertFalse(with("NOTIFY_SOCKET", folder.resolve("gone").toString()).notify("READY=1"));
    assertFalse(with("NOTIFY_SOCKET", "x".repeat(200)).notify("READY=1"));
  }

  @Test
  void theWatchdogHearsHalfwayAndNothingOfAServiceThatIsNotWell() throws Exception {
    String path = folder.resolve("notify").toString();
    try (UnixgramConn systemd = ListenConfig.defaults().listenUnixgram(path)) {
      systemd.setReadTimeout(Duration.ofSeconds(20));
      Systemd service =
          with("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "4711");
      assertEquals(Duration.ofMillis(20), service.watchdog());
      AtomicInteger asked = new AtomicInteger();
      Thread watchdog =
          service.startWatchdog(
              () -> {
                int time = asked.incrementAndGet();
                if (time == 2) {
                  throw new IllegalStateException("not well, and cannot say so");
                }
                return time != 3;
              });
      assertNotNull(watchdog);
      assertEquals("WATCHDOG=1", heard(systemd));
      assertEquals("WATCHDOG=1", heard(systemd));
      assertTrue(asked.get() >= 4, "told of a service that was not well");
      watchdog.interrupt();
      watchdog.join();
    }
    assertNull(with("WATCHDOG_USEC", "20000", "WATCHDOG_PID", "4712").watchdog());
    assertNull(with("WATCHDOG_USEC", "x").watchdog());
  }
}
