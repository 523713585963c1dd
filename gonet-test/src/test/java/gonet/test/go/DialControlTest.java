package gonet.test.go;

import static java.nio.ByteOrder.nativeOrder;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetConnectException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.SocketControl;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.TcpSocketOptions;
import gonet.netip.Addr;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hook on a fresh socket. Go: TestDialerControl, TestListenConfigControl. */
@LeakCheck
@Timeout(180)
@Proves("raw-control")
class DialControlTest {
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_TYPE = 3;
  private static final int SO_LINGER = 13;
  private static final int SOCK_STREAM = 1;

  /** States of /proc/net/tcp: net/tcp_states.h. */
  private static final String ESTABLISHED = "01";

  private static final String LISTEN = "0A";

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  @ParameterizedTest
  @Proves("listen-control")
  @CsvSource({
    "tcp, 127.0.0.1:0, tcp4",
    "tcp4, 127.0.0.1:0, tcp4",
    "tcp4, :0, tcp4",
    "tcp, [::1]:0, tcp6",
    "tcp6, [::1]:0, tcp6",
    "tcp6, :0, tcp6",
    "tcp, :0, tcp6",
    "tcp, 0.0.0.0:0, tcp6",
  })
  void aListenCallsItOnceWithItsFamilyAndTheAddressToBind(
      String network, String address, String specific) throws Exception {
    Ipv6.assumeFor(network, address, specific);
    ListenConfig config = ListenConfig.defaults().withControl((n, a, _) -> calls.add(n + " " + a));
    config.listen(network, address).close();
    assertEquals(List.of(specific + " " + address), calls);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, 127.0.0.1, tcp4",
    "tcp4, 127.0.0.1, tcp4",
    "tcp, [::ffff:127.0.0.1], tcp4",
    "tcp, [::1], tcp6",
    "tcp6, [::1], tcp6",
  })
  void aDialCallsItOnceWithItsFamilyAndTheAddressToReach(
      String network, String host, String specific) throws Exception {
    Ipv6.assumeFor(network, host, specific);
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "[::]:0")) {
      Dialer dialer = Dialer.defaults().withControl((n, a, _) -> calls.add(n + " " + a));
      int port = listener.addr().port();
      dialer.dial(network, host + ":" + port).close();
      assertEquals(
          List.of(specific + " " + host.replace("[::ffff:127.0.0.1]", "127.0.0.1") + ":" + port),
          calls);
    }
  }

  @Test
  @Proves("dialer-control")
  @NeedsIpv6
  void aDialCallsItForEachAddressItTries() throws Exception {
    Dialer dialer =
        Dialer.defaults()
            .withResolver(_ -> List.of(Addr.ipv6Loopback(), Addr.parse("127.0.0.1")))
            .withControl((n, a, _) -> calls.add(n + " " + a));
    String port;
    try (Listener listener = Net.listen("tcp4", "127.0.0.1:0")) {
      port = ":" + DialTest.port(listener);
      dialer.dial("tcp", "both.test" + port).close();
    }
    assertEquals(List.of("tcp6 [::1]" + port, "tcp4 127.0.0.1" + port), calls);
  }

  /** TCP_DEFER_ACCEPT: the kernel keeps a connection until its first bytes are there. tcp(7). */
  @Test
  @Proves("jvm-tcp-options")
  void aListenerMayLeaveConnectionsToTheKernelUntilTheySpeak() throws Exception {
    SocketControl deferred =
        (_, _, socket) -> socket.setOption(TcpSocketOptions.TCP_DEFER_ACCEPT, 10);
    ListenConfig config = ListenConfig.defaults().withControl(deferred);
    if (Net.stats().backend().equals("nio")) {
      assertThrows(UnsupportedOperationException.class, () -> config.listen("tcp", "127.0.0.1:0"));
      return;
    }
    try (TcpListener listener = config.listenTcp("tcp", "127.0.0.1:0");
        Conn dialled = Net.dial("tcp", listener.addr().toString())) {
      listener.setDeadline(Instant.now().plusMillis(300));
      assertThrows(NetTimeoutException.class, listener::accept);
      listener.setDeadline(null);
      dialled.write(new byte[] {42});
      try (Conn accepted = listener.accept()) {
        byte[] one = new byte[1];
        accepted.readFully(one);
        assertEquals(42, one[0]);
      }
    }
  }

  @Test
  @Proves({"dialer-control", "node-bound", "B21", "D9"})
  void itRunsBeforeBindAndConnect() throws Exception {
    SocketControl reusePort =
        (_, _, socket) -> socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    ListenConfig config = ListenConfig.defaults().withControl(reusePort);
    // Both must have the option when they bind, or the second fails.
    try (Listener first = config.listen("tcp", "127.0.0.1:0");
        Listener second = config.listen("tcp", first.addr().toString())) {
      assertEquals(first.addr(), second.addr());
    }
    SocketControl small = (_, _, socket) -> socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        TcpConn dialled =
            Dialer.defaults().withControl(small).dialTcp("tcp", listener.addr().toString());
        Conn accepted = listener.accept()) {
      int bytes = dialled.getOption(StandardSocketOptions.SO_RCVBUF);
      assertTrue(bytes <= 2 * 4096, () -> bytes + " bytes");
      assertFalse(accepted.isClosed());
    }
  }

  @Test
  @Proves("tcp-raw")
  void optionsByNumberAndTheDescriptorAreThereWhereTheBackendHasThem() throws Exception {
    boolean epoll = Net.stats().backend().equals("epoll");
    SocketControl control =
        (_, _, socket) -> {
          calls.add("called");
          if (epoll) {
            assertTrue(socket.fd() >= 0);
            assertEquals(SOCK_STREAM, socket.getOption(SOL_SOCKET, SO_TYPE));
            socket.setOption(SOL_SOCKET, SO_RCVBUF, 10_000);
            assertEquals(20_000, socket.getOption(SOL_SOCKET, SO_RCVBUF)); // socket(7): doubled
          } else {
            assertEquals(-1, socket.fd());
            assertThrows(
                UnsupportedOperationException.class, () -> socket.getOption(SOL_SOCKET, SO_TYPE));
            assertThrows(
                UnsupportedOperationException.class,
                () -> socket.setOption(SOL_SOCKET, SO_RCVBUF, 10_000));
          }
        };
    try (Listener listener =
        ListenConfig.defaults().withControl(control).listenTcp("tcp", "127.0.0.1:0")) {
      Dialer.defaults().withControl(control).dialTcp("tcp", listener.addr().toString()).close();
    }
    assertEquals(2, calls.size());
  }

  @Test
  @Proves("listener-raw")
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio gives out no descriptor")
  void theDescriptorItSeesIsTheOneThatListensOrIsConnectedAfterwards() throws Exception {
    List<Path> descriptors = new ArrayList<>();
    SocketControl control =
        (_, _, socket) -> descriptors.add(Path.of("/proc/self/fd/" + socket.fd()));
    try (TcpListener listener =
            ListenConfig.defaults().withControl(control).listenTcp("tcp4", "127.0.0.1:0");
        TcpConn dialled = Dialer.defaults().withControl(control).dialTcp("tcp4", listener.addr())) {
      assertEquals(
          List.of(inode(listener.addr(), LISTEN), inode(dialled.localAddr(), ESTABLISHED)),
          List.of(
              Files.readSymbolicLink(descriptors.get(0)).toString(),
              Files.readSymbolicLink(descriptors.get(1)).toString()));
    }
  }

  /** The socket of a local address on 127.0.0.1 in the kernel's table, as /proc names it. */
  private static String inode(TcpAddr local, String state) throws IOException {
    String port = String.format(Locale.ROOT, ":%04X", local.port());
    for (String line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
      String[] columns = line.strip().split(" +");
      if (columns[1].endsWith(port) && columns[3].equals(state)) {
        return "socket:[" + columns[9] + "]";
      }
    }
    throw new AssertionError("no socket of " + local + " in state " + state);
  }

  /** SO_LINGER is {@code struct linger}, two ints. socket(7). */
  @Test
  @Proves("tcp-raw")
  void anOptionByNumberMayBeMoreThanAnInt() throws Exception {
    boolean epoll = Net.stats().backend().equals("epoll");
    byte[] linger = ByteBuffer.allocate(8).order(nativeOrder()).putInt(1).putInt(7).array();
    SocketControl control =
        (_, _, socket) -> {
          calls.add("called");
          assertThrows(
              IllegalArgumentException.class, () -> socket.getOption(SOL_SOCKET, SO_LINGER, -1));
          if (epoll) {
            socket.setOption(SOL_SOCKET, SO_LINGER, linger);
            assertArrayEquals(linger, socket.getOption(SOL_SOCKET, SO_LINGER, 100));
            byte[] tooShort = {1};
            NetSocketException e =
                assertThrows(
                    NetSocketException.class,
                    () -> socket.setOption(SOL_SOCKET, SO_LINGER, tooShort));
            assertEquals("EINVAL", e.errno());
            assertEquals("dial", e.op());
          } else {
            assertThrows(
                UnsupportedOperationException.class,
                () -> socket.setOption(SOL_SOCKET, SO_LINGER, linger));
            assertThrows(
                UnsupportedOperationException.class,
                () -> socket.getOption(SOL_SOCKET, SO_LINGER, 8));
          }
        };
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        TcpConn conn =
            Dialer.defaults().withControl(control).dialTcp("tcp", listener.addr().toString())) {
      assertEquals(epoll ? Duration.ofSeconds(7) : null, conn.linger());
      conn.setLinger(null);
    }
    assertEquals(1, calls.size());
  }

  @Test
  @Proves("node-block-list")
  void itsExceptionIsTheCallersAndLeavesNothingOpen() throws Exception {
    IOException refused = new IOException("not this one");
    SocketControl control =
        (_, _, _) -> {
          throw refused;
        };
    ListenConfig config = ListenConfig.defaults().withControl(control);
    assertSame(refused, assertThrows(IOException.class, () -> config.listen("tcp", "127.0.0.1:0")));
    Dialer dialer =
        Dialer.defaults()
            .withResolver(_ -> List.of(Addr.ipv6Loopback(), Addr.parse("127.0.0.1")))
            .withControl(control);
    try (Listener listener = Net.listen("tcp", "[::]:0")) {
      String port = ":" + DialTest.port(listener);
      assertSame(
          refused, assertThrows(IOException.class, () -> dialer.dial("tcp", "[::1]" + port)));
      assertSame(
          refused, assertThrows(IOException.class, () -> dialer.dial("tcp", "both.test" + port)));
    }
    assertThrows(NetConnectException.class, () -> Dialer.defaults().dialTcp("tcp", "127.0.0.1:1"));
  }
}
