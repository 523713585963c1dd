package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.JoinedListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several listeners as one. */
@LeakCheck
@Timeout(180)
@Proves("listen-several")
class JoinedListenerTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Path dir;
  private Listener tcp;
  private Listener unix;
  private JoinedListener joined;

  @BeforeEach
  void listen() throws IOException {
    dir = Files.createTempDirectory("gonet");
    tcp = Net.listen("tcp", "127.0.0.1:0");
    unix = Net.listen("unix", dir.resolve("s").toString());
    joined = JoinedListener.of(tcp, unix);
  }

  @AfterEach
  void close() throws Exception {
    joined.close();
    crew.end();
    Files.delete(dir);
  }

  private static Conn dial(NetAddr to) throws IOException {
    return Net.dial(to.network(), to.toString());
  }

  @Test
  void connectionsOfAllOfThemAreAcceptedAndNoneIsLost() throws Exception {
    int each = 50;
    List<Job<Void>> clients = new ArrayList<>();
    for (NetAddr to : joined.addrs()) {
      for (int i = 0; i < each; i++) {
        clients.add(
            crew.start(
                "client",
                () -> {
                  try (Conn conn = dial(to)) {
                    conn.write(to.network().getBytes(UTF_8));
                    conn.readFully(new byte[1]);
                  }
                }));
      }
    }
    int ofUnix = 0;
    for (int i = 0; i < 2 * each; i++) {
      try (Conn conn = joined.accept()) {
        byte[] buf = new byte[10];
        ofUnix += new String(buf, 0, conn.read(buf), UTF_8).equals("unix") ? 1 : 0;
        conn.write(new byte[1]);
      }
    }
    assertEquals(each, ofUnix);
    for (Job<Void> client : clients) {
      var _ = client.result();
    }
    assertEquals(List.of(tcp.addr(), unix.addr()), joined.addrs());
    assertEquals(tcp.addr(), joined.addr());
    assertEquals("listener tcp " + tcp.addr() + " unix " + unix.addr(), joined.toString());
  }

  @Test
  void deadlineTimeoutAndInterruptEndAnAcceptAndLeaveItOpen() throws Exception {
    joined.setDeadline(Instant.EPOCH);
    assertThrows(NetTimeoutException.class, joined::accept);
    joined.setDeadline(null);
    joined.setTimeout(Duration.ofMillis(20));
    NetTimeoutException e = assertThrows(NetTimeoutException.class, joined::accept);
    assertEquals("accept tcp " + tcp.addr() + ": i/o timeout", e.getMessage());
    assertEquals(Duration.ofMillis(20), joined.timeout());
    joined.setTimeout(null);
    Job<Conn> waits = crew.compute("waits", joined::accept);
    waits.awaitParked();
    waits.thread().interrupt();
    waits.failure(NetInterruptedException.class);
    Job<Conn> moved = crew.compute("waits", joined::accept);
    moved.awaitParked();
    joined.setDeadline(Instant.EPOCH);
    moved.failure(NetTimeoutException.class);
    joined.setDeadline(null);
    try (Conn client = dial(unix.addr());
        Conn server = joined.accept()) {
      client.write(new byte[1]);
      assertEquals(1, server.read(new byte[1]));
    }
  }

  @Test
  void aCloseEndsWhoeverWaitsAndClosesAllOfThem() throws Exception {
    Job<Conn> waits = crew.compute("waits", joined::accept);
    waits.awaitParked();
    joined.close();
    waits.failure(NetClosedException.class);
    assertTrue(tcp.isClosed() && unix.isClosed() && joined.isClosed());
    assertThrows(NetConnectException.class, () -> dial(tcp.addr()));
    assertThrows(NetClosedException.class, joined::accept);
    assertThrows(NetClosedException.class, () -> joined.setDeadline(null));
    joined.close();
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void whoCameAndWasNotTakenIsClosedWithIt() throws Exception {
    Job<Conn> waits = crew.compute("waits", joined::accept);
    waits.awaitParked();
    try (Conn first = dial(tcp.addr());
        Conn second = dial(unix.addr())) {
      try (Conn one = waits.result()) {
        assertFalse(one.isClosed());
        joined.close();
      }
      first.setReadTimeout(Duration.ofSeconds(20));
      second.setReadTimeout(Duration.ofSeconds(20));
      assertEnded(first);
      assertEnded(second);
    }
  }

  private static void assertEnded(Conn conn) {
    try {
      assertEquals(-1, conn.read(new byte[1]));
    } catch (NetTimeoutException e) {
      throw new AssertionError("it still stands: " + conn, e);
    } catch (IOException e) {
      // Reset, because nobody has accepted it.
    }
  }

  @Test
  void theFailureOfOneIsToldAndTheOthersGoOn() throws Exception {
    Job<Conn> waits = crew.compute("waits", joined::accept);
    waits.awaitParked();
    unix.close();
    waits.failure(NetClosedException.class);
    assertFalse(joined.isClosed());
    try (Conn client = dial(tcp.addr());
        Conn server = joined.accept()) {
      client.write(new byte[1]);
      assertEquals(1, server.read(new byte[1]));
    }
  }
}
