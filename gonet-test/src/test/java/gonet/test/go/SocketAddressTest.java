package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetUnknownHostException;
import gonet.TcpAddr;
import gonet.netip.Addr;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dials and listens by addresses of the JDK. */
@LeakCheck
@Timeout(180)
@Proves("jvm-addr")
class SocketAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void anInetSocketAddressMeansTcp(String host) throws Exception {
    InetSocketAddress any = new InetSocketAddress(inet(host), 0);
    try (Listener listener = Net.listen(any)) {
      InetSocketAddress at = ((TcpAddr) listener.addr()).toInetSocketAddress();
      assertEquals(any.getAddress(), at.getAddress());
      assertTrue(at.getPort() > 0);
      try (Conn dialled = Net.dial(at);
          Conn accepted = listener.accept()) {
        assertEquals(listener.addr(), dialled.remoteAddr());
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
        assertEquals("tcp", dialled.remoteAddr().network());
      }
    }
  }

  /** {@code new InetSocketAddress(port)}: as for a ServerSocket, every address of the machine. */
  @Test
  void theWildcardListensEverywhereAndDialsThisMachine() throws Exception {
    try (Listener listener = Net.listen(new InetSocketAddress(0))) {
      int port = ((TcpAddr) listener.addr()).port();
      for (SocketAddress address :
          List.of(new InetSocketAddress(port), new InetSocketAddress(inet("127.0.0.1"), port))) {
        try (Conn dialled = Net.dial(address);
            Conn accepted = listener.accept()) {
          assertEquals(dialled.localAddr(), accepted.remoteAddr());
        }
      }
    }
  }

  @Test
  void anUnresolvedNameIsLookedUpByTheResolverOfTheSettings() throws Exception {
    List<String> asked = new ArrayList<>();
    InetSocketAddress here = InetSocketAddress.createUnresolved("here.test", 0);
    try (Listener listener =
            ListenConfig.defaults()
                .withResolver(
                    request -> {
                      asked.add(request.host());
                      return List.of(Addr.parse("127.0.0.1"));
                    })
                .listen(here);
        Conn dialled =
            Dialer.defaults()
                .withResolver(
                    request -> {
                      asked.add(request.host());
                      return List.of(Addr.parse("127.0.0.1"));
                    })
                .dial(
                    InetSocketAddress.createUnresolved(
                        "there.test", ((TcpAddr) listener.addr()).port()));
        Conn accepted = listener.accept()) {
      assertEquals(dialled.localAddr(), accepted.remoteAddr());
    }
    assertEquals(List.of("here.test", "there.test"), asked);
  }

  @Test
  void anUnresolvedLiteralIsNoName() throws Exception {
    try (Listener listener = Net.listen(InetSocketAddress.createUnresolved("::1", 0))) {
      assertTrue(listener.addr().toString().startsWith("[::1]:"), listener.addr()::toString);
    }
  }

  @Test
  void aNameThatNobodyKnowsIsTheSameFailureAsByText() {
    Dialer dialer =
        Dialer.defaults()
            .withResolver(
                request -> {
                  throw new UnknownHostException(request.host());
                });
    SocketAddress nobody = InetSocketAddress.createUnresolved("nobody.test", 80);
    NetUnknownHostException byAddress =
        assertThrows(NetUnknownHostException.class, () -> dialer.dial(nobody));
    NetUnknownHostException byText =
        assertThrows(NetUnknownHostException.class, () -> dialer.dial("tcp", "nobody.test:80"));
    assertEquals(byText.getMessage(), byAddress.getMessage());
  }

  @Test
  void addressesOfOtherNetworksAreRefusedByName() {
    SocketAddress own =
        new SocketAddress() {
          @Override
          public String toString() {
            return "my address";
          }
        };
    String name = own.getClass().getName();
    assertRefused(
        "dial: address my address: addresses of class " + name + " are not supported",
        () -> Net.dial(own));
    assertRefused(
        "listen: address my address: addresses of class " + name + " are not supported",
        () -> Net.listen(own));
  }

  private static InetAddress inet(String literal) {
    return Addr.parse(literal).toInetAddress();
  }

  private static void assertRefused(String message, Executable call) {
    NetAddressException e = assertThrows(NetAddressException.class, call);
    assertEquals(message, Objects.requireNonNull(e.getMessage()));
  }
}
