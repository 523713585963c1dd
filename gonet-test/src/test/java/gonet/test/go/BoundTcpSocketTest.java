package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.BoundTcpSocket;
import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.TimeLimit;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A socket that is bound first, and listens or dials later. */
@LeakCheck
@Timeout(180)
@Proves("node-bound")
class BoundTcpSocketTest {
  private static final TcpAddr ANY = TcpAddr.of(AddrPort.parse("127.0.0.1:0"));

  private static BoundTcpSocket bind() throws IOException {
    return ListenConfig.defaults().bindTcp("tcp4", ANY);
  }

  @Test
  @OverEpoll
  void itHasItsPortAtOnceAndListensWhenItIsToldTo() throws Exception {
    BoundTcpSocket socket = bind();
    String at = socket.addr().toString();
    assertNotEquals(0, socket.addr().port());
    assertEquals("socket tcp4 " + at, socket.toString());
    assertThrows(NetConnectException.class, () -> Net.dial("tcp", at));
    try (TcpListener listener = socket.listen();
        Conn client = Net.dial("tcp", at);
        TcpConn server = listener.accept()) {
      assertEquals(at, listener.addr().toString());
      assertTrue(server.noDelay());
      client.write("hello".getBytes(UTF_8));
      assertEquals(5, server.read(new byte[10]));
      assertTrue(socket.isClosed());
      socket.close(); // without effect
      assertFalse(listener.isClosed());
      NetClosedException e = assertThrows(NetClosedException.class, socket::listen);
      assertEquals("listen tcp4 " + at + ": use of closed network connection", e.getMessage());
    }
  }

  @Test
  @OverEpoll
  void itDialsFromItsAddress() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
        BoundTcpSocket socket = bind();
        TcpConn client = socket.dial(listener.addr(), TimeLimit.after(Duration.ofSeconds(20)));
        TcpConn server = listener.accept()) {
      assertEquals(socket.addr(), client.localAddr());
      assertEquals(socket.addr(), server.remoteAddr());
      client.write("hello".getBytes(UTF_8));
      assertEquals(5, server.read(new byte[10]));
      assertThrows(NetClosedException.class, () -> socket.dial(listener.addr(), null));
    }
  }

  @Test
  @OverEpoll
  void aFailureClosesItAndACloseGivesThePortBack() throws Exception {
    BoundTcpSocket socket = bind();
    TcpAddr nobody;
    try (BoundTcpSocket other = bind()) {
      nobody = other.addr();
      NetConnectException e =
          assertThrows(NetConnectException.class, () -> socket.dial(nobody, null));
      assertEquals(
          "dial tcp4 " + socket.addr() + "->" + nobody + ": connect: connection refused",
          e.getMessage());
    }
    assertTrue(socket.isClosed());
    ListenConfig.defaults().listenTcp("tcp4", nobody).close();
    ListenConfig.defaults().listenTcp("tcp4", socket.addr()).close();
  }

  @Test
  void anAddressThatCannotBeBoundIsRefusedAtOnce() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      NetBindException e =
          assertThrows(
              NetBindException.class,
              () -> ListenConfig.defaults().bindTcp("tcp4", listener.addr()));
      assertEquals(
          "listen tcp4 " + listener.addr() + ": bind: address already in use", e.getMessage());
      assertThrows(
          NetAddressException.class,
          () -> ListenConfig.defaults().bindTcp("tcp6", listener.addr()));
      assertThrows(NetAddressException.class, () -> ListenConfig.defaults().bindTcp("udp", ANY));
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "the other backend binds for good")
  void theJdkNeedsAPort() throws Exception {
    NetAddressException e = assertThrows(NetAddressException.class, BoundTcpSocketTest::bind);
    assertTrue(e.getMessage().endsWith("not supported on this backend"), e.getMessage());
    TcpListener probe = ListenConfig.defaults().listenTcp("tcp4", ANY);
    probe.close();
    try (BoundTcpSocket socket = ListenConfig.defaults().bindTcp("tcp4", probe.addr());
        TcpListener listener = socket.listen();
        Conn client = Dialer.defaults().dialTcp("tcp4", listener.addr());
        Conn server = listener.accept()) {
      assertEquals(socket.addr(), listener.addr());
      client.write("hello".getBytes(UTF_8));
      assertEquals(5, server.read(new byte[10]));
    }
  }
}
