package gonet.test.proxyproto;

import gonet.Conn;
import gonet.TcpAddr;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyConn;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyProtocol;
import gonet.proxyproto.ProxyVersion;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import java.io.IOException;

/** Pairs whose right end is behind a header that the left one has sent. Stateless. */
final class ProxyPairs {
  static final TcpAddr CLIENT = TcpAddr.of(AddrPort.parse("192.0.2.1:56324"));
  static final TcpAddr FRONT = TcpAddr.of(AddrPort.parse("192.0.2.2:443"));

  /** Trusts whoever is near. */
  static final ProxyProtocol LOCAL =
      ProxyProtocol.from(AddrSet.of("127.0.0.0/8", "::1")).withUnaddressed(true);

  private ProxyPairs() {}

  static ProxyHeader header(ProxyVersion version) {
    return ProxyHeader.of(version, CLIENT, FRONT);
  }

  /**
   * Over any pairs with a buffer between them.
   *
   * @param later whether the header is read when it is asked for, and not at once
   */
  static ConnPairs over(ConnPairs pairs, ProxyVersion version, boolean later) {
    return () -> {
      ConnPair pair = pairs.connect();
      try {
        ProxyHeader.of(version, pair.right()).sendTo(pair.left()); // what is true
        return new ConnPair(pair.left(), behind(pair.right(), later));
      } catch (Throwable t) {
        pair.close();
        throw t;
      }
    };
  }

  private static Conn behind(Conn conn, boolean later) throws IOException {
    if (!later) {
      return LOCAL.over(conn);
    }
    ProxyConn behind = LOCAL.server(conn);
    var _ = behind.header();
    return behind;
  }
}
