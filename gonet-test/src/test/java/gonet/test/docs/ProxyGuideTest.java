package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.TcpAddr;
import gonet.Tunnel;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyConn;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyProtocol;
import gonet.proxyproto.ProxyVersion;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on the PROXY protocol. */
@Timeout(180)
@Proves("jvm-proxy")
class ProxyGuideTest {
  private static final TcpAddr CLIENT = TcpAddr.of(AddrPort.parse("192.0.2.7:1234"));
  private static final TcpAddr FRONT = TcpAddr.of(AddrPort.parse("192.0.2.8:443"));

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Behind a load balancer that says whose connection it carries; TLS, if any, stands above. */
  static Server behindBalancer(String address, AddrSet balancers) throws IOException {
    return Server.builder()
        .listenOn("tcp", address, ProxyProtocol.from(balancers))
        .maxConnsPerAddr(10) // of a client
        .handler(conn -> conn.write(("hello, " + conn.remoteAddr() + "\n").getBytes(US_ASCII)))
        .start();
  }

  // end of example

  @Test
  void aServerGreetsTheClient() throws Exception {
    try (Server server = behindBalancer("127.0.0.1:0", AddrSet.of("127.0.0.1"));
        Conn balancer = Net.dial("tcp", server.addr().toString())) {
      ProxyHeader.of(ProxyVersion.V1, CLIENT, FRONT).sendTo(balancer);
      balancer.setReadTimeout(Duration.ofSeconds(20));
      assertEquals("hello, 192.0.2.7:1234\n", new String(balancer.readAll(100), US_ASCII));
    }
  }

  // example
  /** Carries a client on, and says first whose connection it is. */
  static void passOn(Conn client, String target) throws IOException {
    try (Conn server = Dialer.defaults().withTimeout(Duration.ofSeconds(5)).dial("tcp", target)) {
      ProxyHeader.of(ProxyVersion.V2, client).withChecksum(true).sendTo(server);
      Tunnel.between(client, server).run();
    }
  }

  // end of example

  // example
  /** What the balancer said beside the address: the host that the client wants, for instance. */
  static String authority(Conn conn) throws IOException {
    ProxyConn behind = conn.find(ProxyConn.class);
    ProxyHeader header = behind == null ? null : behind.header();
    return header == null ? null : header.authority();
  }

  // end of example

  @Test
  void aProxyPassesTheClientOn() throws Exception {
    ProxyProtocol local = ProxyProtocol.from(AddrSet.of("127.0.0.1"));
    try (Listener target = local.listen("tcp", "127.0.0.1:0");
        Listener front = local.listen("tcp", "127.0.0.1:0");
        Conn balancer = Net.dial("tcp", front.addr().toString())) {
      ProxyHeader.of(ProxyVersion.V2, CLIENT, FRONT).withAuthority("www").sendTo(balancer);
      Conn client = front.accept();
      assertEquals("www", authority(client));
      Job<?> proxy =
          crew.start(
              "proxy",
              () -> {
                try (client) {
                  passOn(client, target.addr().toString());
                }
              });
      try (Conn server = target.accept()) {
        assertEquals(CLIENT, server.remoteAddr());
        assertEquals(FRONT, server.localAddr());
        assertNotNull(server.find(ProxyConn.class));
        balancer.write("ping".getBytes(US_ASCII));
        byte[] got = new byte[4];
        server.readFully(got);
        assertEquals("ping", new String(got, US_ASCII));
      }
      balancer.closeWrite();
      proxy.result();
    }
  }

  // example
  /** A health check of this program's own: it is nobody's connection. */
  static void check(String target, TlsConfig config, String name) throws IOException {
    try (Conn conn = Net.dial("tcp", target, Duration.ofSeconds(2))) {
      ProxyHeader.local().sendTo(conn); // in front of TLS
      var _ = Tls.client(conn, config, name).handshake();
    }
  }

  // end of example

  @Test
  void aHealthCheckIsTheProxysOwn() throws Exception {
    TlsConfig config = gonet.test.tls.TlsPairs.server().build();
    ProxyProtocol local = ProxyProtocol.from(AddrSet.of("127.0.0.1"));
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0", local, Tls.serverLayer(config))
            .handler(conn -> conn.awaitReadable())
            .start()) {
      check(server.addr().toString(), gonet.test.tls.TlsPairs.client().build(), "localhost");
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(ProxyGuideTest.class, 4);
  }
}
