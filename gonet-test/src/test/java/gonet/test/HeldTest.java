package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The leak check sees what it is for. That it overlooks nothing, it shows on this class itself. */
@LeakCheck
@Timeout(180)
@Proves("jvm-leaks")
class HeldTest {

  @Test
  void anOpenListenerShowsAsASocket() throws Exception {
    Held before = Held.now();
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      assertEquals(1, sockets(before), listener::toString);
    }
    assertEquals(List.of(), Held.now().since(before));
  }

  @Test
  @Proves("jvm-metrics")
  void aWaitingReaderShowsAsThreadRegistrationAndTimer() throws Exception {
    Held before = Held.now();
    Crew crew = new Crew(Callers.PLATFORM);
    try (BadPeer peer = BadPeer.listen();
        Conn conn = Net.dial("tcp", peer.address())) {
      conn.setReadDeadline(Instant.now().plusSeconds(3600));
      crew.extra("waiting reader", () -> conn.read(new byte[1]));
      Job<Void> same = crew.start("probe", () -> {});
      same.result();
      org.awaitility.Awaitility.await()
          .pollInSameThread()
          .until(() -> Held.now().armedTimers() > before.armedTimers());
      List<String> left = Held.now().since(before);
      assertTrue(left.stream().anyMatch(s -> s.contains("waiting reader")), left::toString);
      assertTrue(left.stream().anyMatch(s -> s.contains("registrations")), left::toString);
      assertTrue(left.stream().anyMatch(s -> s.contains("armed timers")), left::toString);
    }
    crew.end();
  }

  private static long sockets(Held before) {
    if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
      return 1; // nothing to see on this system
    }
    return Held.now().since(before).stream().filter(s -> s.contains("socket:")).count();
  }
}
