package gonet.test.go;

import static gonet.test.go.Failures.assertShape;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetInterruptedException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a dial goes and how it is given up. Go: net/dial_test.go. */
@LeakCheck
@Proves({"dial", "S12"})
class DialTest extends BothCallers {
  private static final Duration SHORT = Duration.ofMillis(20);

  // ---- where it goes

  @ParameterizedTest
  @CsvSource({
    "tcp6, 127.0.0.1:1",
    "tcp6, [::ffff:127.0.0.1]:1",
    "tcp6, 0.0.0.0:1",
    "tcp4, [::1]:1",
    "tcp4, [fe80::1%lo]:1",
  })
  void aNetworkOfOneFamilyRefusesLiteralsOfTheOther(String network, String address) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> Net.dial(network, address));
    assertShape("dial", network, e);
    assertTrue(e.getMessage().endsWith(": no suitable address found"), e.getMessage());
    TcpAddr literal = TcpAddr.of(AddrPort.parse(address));
    assertThrows(NetAddressException.class, () -> Dialer.defaults().dialTcp(network, literal));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4, 127.0.0.1:0, ''",
    "tcp, [::1]:0, [::]",
    "tcp, [::]:0, [::]",
    "tcp, [::]:0, ''",
    "tcp, [::]:0, 0.0.0.0",
    // Some machines can bind the IPv6 wildcard but not connect to it.
    "tcp4, 127.0.0.1:0, [::]",
    "tcp, 127.0.0.1:0, [::]",
    "tcp6, [::1]:0, ''",
    "tcp6, [::1]:0, [::]",
    "tcp4, 127.0.0.1:0, 0.0.0.0",
  })
  void anUnspecifiedHostIsThisMachine(String network, String listen, String host) throws Exception {
    Ipv6.assumeFor(network, listen, host);
    try (Listener listener = Net.listen(network, listen);
        Conn dialled = Net.dial(network, host + ":" + port(listener));
        Conn accepted = listener.accept()) {
      assertEquals(dialled.localAddr(), accepted.remoteAddr());
      assertEquals(accepted.localAddr(), dialled.remoteAddr());
    }
  }

  @Test
  @Proves({"dial-wildcard", "sys-dial-wildcard", "A31", "B15"})
  @NeedsIpv6
  void theListenersOwnAddressMayBeDialledWhateverItsFamily() throws Exception {
    for (String network : List.of("tcp", "tcp4", "tcp6")) {
      try (Listener listener = Net.listen(network, ":0");
          Conn dialled = Net.dial(network, listener.addr().toString());
          Conn accepted = listener.accept()) {
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
      }
    }
  }

  @ParameterizedTest
  @NeedsIpv6
  @CsvSource({
    // the family that has a listener, the resolver's order
    "127.0.0.1, ::1 127.0.0.1",
    "127.0.0.1, 127.0.0.1 ::1",
    "::1, ::1 127.0.0.1",
    "::1, 127.0.0.1 ::1",
  })
  void aNameOfBothFamiliesIsReachedThoughOneOfThemIsDown(String up, String order) throws Exception {
    Dialer dialer =
        Dialer.defaults()
            .withResolver(_ -> List.of(order.split(" ", -1)).stream().map(Addr::parse).toList())
            .withFallbackDelay(Duration.ofHours(1));
    boolean six = up.contains(":");
    try (Listener listener = Net.listen(six ? "tcp6" : "tcp4", six ? "[::1]:0" : LOOPBACK)) {
      for (Dialer each : List.of(dialer, dialer.withFallbackDelay(null))) {
        try (Conn dialled = each.dial("tcp", "both.test:" + port(listener));
            Conn accepted = listener.accept()) {
          assertEquals(listener.addr(), dialled.remoteAddr());
          assertEquals(dialled.localAddr(), accepted.remoteAddr());
        }
      }
    }
  }

  // ---- the delay of the other family

  @Test
  @NeedsIpv6
  void theOtherFamilyIsTriedWhenTheDelayIsOverAndNotBefore() throws Exception {
    Dialer dialer = Dialer.defaults();
    fallbackAfter(dialer.withFallbackDelay(Duration.ZERO));
    long chosen = fallbackAfter(dialer.withFallbackDelay(Duration.ofMillis(150)));
    assertTrue(chosen >= 150, () -> "after " + chosen + " ms");
    long standard = fallbackAfter(dialer);
    assertTrue(standard >= 300, () -> "after " + standard + " ms");
  }

  @Test
  @Proves("dialer-fallback-delay")
  @NeedsIpv6
  void withoutADelayTheOtherFamilyHasToWaitItsTurn() throws Exception {
    SilentDial dial = new SilentDial(Dialer.defaults().withFallbackDelay(null));
    try {
      dial.job.staysFor(Duration.ofMillis(500));
      assertEquals(1, dial.sockets.size());
    } finally {
      dial.end();
    }
  }

  /** Milliseconds from the beginning of a dial to the second family's socket. */
  private long fallbackAfter(Dialer dialer) throws Exception {
    long start = System.nanoTime();
    SilentDial dial = new SilentDial(dialer);
    try {
      await().pollDelay(Duration.ZERO).until(() -> dial.sockets.size() == 2);
      return Duration.ofNanos(dial.sockets.getLast() - start).toMillis();
    } finally {
      dial.end();
    }
  }

  /** A dial of a name whose two addresses never answer, and when it made a socket for each. */
  private final class SilentDial {
    final BlackHole hole = new BlackHole();
    final List<Long> sockets = new CopyOnWriteArrayList<>();
    final Job<Void> job;

    SilentDial(Dialer dialer) throws IOException {
      Dialer watched =
          dialer
              .withResolver(_ -> BlackHole.bothFamilies())
              .withControl((_, _, _) -> sockets.add(System.nanoTime()));
      job = crew.start("dial", () -> watched.dial("tcp", "both.test:" + hole.port()).close());
    }

    void end() throws Exception {
      job.thread().interrupt();
      job.failure(NetInterruptedException.class);
      hole.close();
    }
  }

  @Test
  void manyDialsOfANameWithBothFamiliesLeaveNoDescriptorBehind() throws Exception {
    try (Listener listener = Net.listen("tcp", "[::]:0")) {
      Dialer dialer =
          Dialer.defaults()
              .withResolver(_ -> BlackHole.bothFamilies())
              .withFallbackDelay(Duration.ofNanos(1))
              .withTimeout(Duration.ofSeconds(20));
      String address = "both.test:" + port(listener);
      crew.extra(
          "acceptor",
          () -> {
            while (true) {
              listener.accept().close();
            }
          });
      for (int i = 0; i < 10; i++) {
        crew.start("dial " + i, () -> dialer.dial("tcp", address).close());
      }
      crew.join();
    }
    // The leak check looks for what the losers of the races have left.
  }

  // ---- giving up

  @ParameterizedTest
  @Proves("dialer-cancel")
  @ValueSource(strings = {"tcp", "tcp4"})
  void aDialIntoTheVoidEndsWhenItsThreadIsInterrupted(String network) throws Exception {
    try (BlackHole hole = new BlackHole()) {
      String address = hole.address();
      Job<Void> dial =
          crew.start("dial", () -> Net.dial(network, address)).awaitParked().staysFor(SHORT);
      long start = System.nanoTime();
      dial.thread().interrupt();
      NetInterruptedException e = dial.failure(NetInterruptedException.class);
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
      assertShape("dial", network, e);
      assertEquals("dial " + network + " " + address + ": operation was canceled", e.getMessage());
      assertFalse(e.timeout());
    }
  }

  @Test
  void anInterruptEndsARaceOfBothFamiliesAndKeepsTheStatus() throws Exception {
    try (BlackHole hole = new BlackHole()) {
      Dialer dialer =
          Dialer.defaults()
              .withResolver(_ -> BlackHole.bothFamilies())
              .withFallbackDelay(Duration.ofMillis(1));
      Job<Boolean> dial =
          crew.compute(
              "dial",
              () -> {
                assertThrows(
                    NetInterruptedException.class,
                    () -> dialer.dial("tcp", "both.test:" + hole.port()));
                return Thread.currentThread().isInterrupted();
              });
      dial.awaitParked().staysFor(SHORT);
      dial.thread().interrupt();
      assertTrue(dial.result(), "the interrupt status is gone");
    }
  }

  /** Go issue 15078: what ends the dial must not follow the connection. */
  @Test
  @Proves("dialer-afterwards")
  void anInterruptJustAfterTheDialLeavesTheConnectionAlone() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      for (int i = 0; i < 10; i++) {
        Dialer dialer = Dialer.defaults().withTimeout(Duration.ofSeconds(10));
        try (Conn dialled = dialer.dial("tcp", listener.addr().toString());
            Conn accepted = listener.accept()) {
          Thread.currentThread().interrupt();
          dialled.write(new byte[] {1}); // need not wait, and so does not look
          assertTrue(Thread.interrupted());
          assertEquals(1, accepted.read(new byte[2]));
          accepted.write(new byte[] {2});
          assertEquals(1, dialled.read(new byte[2]));
        }
      }
    }
  }

  /** As before, with the dial's own time: it ends the dial and nothing else. */
  @Test
  @Proves("dialer-afterwards")
  void theTimeOfADialEndsWithIt() throws Exception {
    Duration time = Duration.ofMillis(200);
    try (Listener listener = Net.listen("tcp", LOOPBACK);
        Conn dialled = Net.dial("tcp", listener.addr().toString(), time);
        Conn accepted = listener.accept()) {
      Job<Integer> read = crew.compute("read", () -> dialled.read(new byte[2]));
      read.awaitParked().staysFor(time.multipliedBy(2));
      accepted.write(new byte[] {1});
      assertEquals(1, read.result());
    }
  }

  /** Go issue 16523: success and interrupt in one moment are either, and leak in neither case. */
  @Test
  @Proves({"node-dial-abort", "B2"})
  void aDialThatIsInterruptedWhileItSucceedsIsOneOrTheOther() throws Exception {
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      crew.extra(
          "acceptor",
          () -> {
            while (true) {
              listener.accept().close();
            }
          });
      for (int i = 0; i < 500; i++) {
        Job<TcpConn> dial =
            crew.compute("dial " + i, () -> (TcpConn) Net.dial("tcp", listener.addr().toString()));
        if (i % 3 != 0) {
          dial.awaitParked();
        }
        dial.thread().interrupt();
        try (TcpConn conn = dial.result()) {
          assertFalse(conn.isClosed());
        } catch (NetInterruptedException e) {
          assertShape("dial", "tcp", e);
        }
      }
    }
  }

  static int port(Listener listener) {
    return ((TcpAddr) listener.addr()).port();
  }
}
