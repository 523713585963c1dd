package gonet.test.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.TcpAddr;
import gonet.examples.TcpProxy;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyConn;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyProtocol;
import gonet.proxyproto.ProxyVersion;
import gonet.test.Proves;
import gonet.test.tls.TestKeys;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The options {@code --accept-proxy} and {@code --send-proxy} of the proxy, as a whole program. */
@Timeout(300)
@Proves("proxy-programs")
class ProxyExamplesTest {
  private static final String ANY_PORT = "127.0.0.1:0";
  private static final TcpAddr CLIENT = TcpAddr.of(AddrPort.parse("192.0.2.7:1234"));
  private static final TcpAddr FRONT = TcpAddr.of(AddrPort.parse("192.0.2.8:443"));
  private static final ProxyProtocol LOCAL = ProxyProtocol.from(AddrSet.of("127.0.0.1"));

  @TempDir Path dir;

  private static Conn dial(String address) throws IOException {
    Conn conn = Net.dial("tcp", address);
    conn.setReadTimeout(Duration.ofMinutes(1));
    return conn;
  }

  private static void assertCarries(Conn client, Conn server) throws IOException {
    client.write("ping".getBytes(US_ASCII));
    byte[] got = new byte[4];
    server.setReadTimeout(Duration.ofMinutes(1));
    server.readFully(got);
    assertEquals("ping", new String(got, US_ASCII));
  }

  @ParameterizedTest
  @EnumSource
  void theTargetHearsWhoTheClientOfTheProxyIs(ProxyVersion version) throws Exception {
    String word = version == ProxyVersion.V1 ? "v1" : "v2";
    try (Listener target = LOCAL.listen("tcp", ANY_PORT);
        ExampleProgram proxy =
            ExampleProgram.start(
                TcpProxy.class, ANY_PORT, target.addr().toString(), "--send-proxy", word)) {
      try (Conn client = dial(proxy.address());
          Conn server = target.accept()) {
        assertCarries(client, server);
        assertEquals(client.localAddr(), server.remoteAddr());
        assertEquals(client.remoteAddr(), server.localAddr());
      }
      proxy.stop();
    }
  }

  @Test
  void behindAnotherProxyAndUnderTlsTheFirstClientIsPassedOn() throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    Path certificates = dir.resolve("server.pem");
    Path key = dir.resolve("server.key");
    keys.writePem(certificates, key);
    try (Listener target = LOCAL.listen("tcp", ANY_PORT);
        ExampleProgram proxy =
            ExampleProgram.start(
                TcpProxy.class,
                ANY_PORT,
                target.addr().toString(),
                "--tls",
                certificates.toString(),
                key.toString(),
                "--accept-proxy",
                "--send-proxy",
                "v2")) {
      try (Conn balancer = dial(proxy.address())) {
        ProxyHeader.of(ProxyVersion.V1, CLIENT, FRONT).sendTo(balancer);
        TlsConfig config = TlsConfig.builder().trust(keys.chain()).build();
        try (TlsConn tls = Tls.client(balancer, config, "localhost")) {
          var _ = tls.handshake();
          try (Conn server = target.accept()) {
            assertCarries(tls, server);
            assertEquals(CLIENT, server.remoteAddr());
            assertEquals(FRONT, server.localAddr());
            ProxyConn behind = server.find(ProxyConn.class);
            assertNotNull(behind);
            ProxyHeader header = behind.header();
            assertNotNull(header);
            assertTrue(header.hasChecksum());
            assertEquals("localhost", header.authority());
            assertNotNull(header.ssl());
            assertTrue(header.ssl().isOverTls());
            assertFalse(header.ssl().isVerified());
          }
        }
      }
      proxy.stop();
    }
  }

  @Test
  void strangersAreRefused() throws Exception {
    try (Listener target = LOCAL.listen("tcp", ANY_PORT);
        ExampleProgram proxy =
            ExampleProgram.start(
                TcpProxy.class,
                ANY_PORT,
                target.addr().toString(),
                "--accept-proxy=192.0.2.0/24,2001:db8::1")) {
      try (Conn stranger = dial(proxy.address())) {
        assertEquals(-1, stranger.read(new byte[1]), "closed without a byte");
      }
    }
  }

  @Test
  void optionsThatCannotBeAreNamed() throws Exception {
    ExampleProgram.assertFails(
        "--send-proxy: \"v3\" is none of v1 and v2",
        TcpProxy.class,
        ANY_PORT,
        "127.0.0.1:1",
        "--send-proxy",
        "v3");
    ExampleProgram.assertFails(
        "--send-proxy: \"\" is none of v1 and v2",
        TcpProxy.class,
        ANY_PORT,
        "127.0.0.1:1",
        "--send-proxy");
  }
}
