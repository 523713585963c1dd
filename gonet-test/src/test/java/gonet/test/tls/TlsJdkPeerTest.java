package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsInfo;
import gonet.tls.TlsVersion;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the JDK's {@link SSLSocket} on the other end. */
@LeakCheck
@Proves("tls-peers")
class TlsJdkPeerTest {
  private static final byte[] DATA = new byte[300_000];

  static {
    new Random(1).nextBytes(DATA);
  }

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void anSslSocketIsServedAndComesBack(TlsVersion version) throws Exception {
    TlsConfig config = TlsPairs.server().build();
    SSLContext context = TlsPairs.sslContext();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", config)) {
      int port = Objects.requireNonNull(listener.addr().addrPort()).port();
      for (int i = 0; i < 2; i++) {
        Job<TlsInfo> server =
            crew.compute(
                "server",
                () -> {
                  try (Conn conn = listener.accept()) {
                    byte[] got = new byte[DATA.length];
                    conn.readFully(got);
                    conn.write(got);
                    assertEquals(-1, conn.read(got));
                    return Objects.requireNonNull(((TlsConn) conn).info());
                  }
                });
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
            SSLSocket socket =
                (SSLSocket)
                    context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
          socket.setEnabledProtocols(new String[] {version.toString()});
          crew.start("client writes", () -> socket.getOutputStream().write(DATA));
          assertArrayEquals(DATA, socket.getInputStream().readNBytes(DATA.length));
        }
        TlsInfo info = server.result();
        assertEquals(version, info.version());
        assertEquals(i == 1, info.resumed(), "connection " + i);
        // A clock that goes in milliseconds must tell the session from the next handshake.
        Thread.sleep(5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void anSslServerSocketIsDialledAndTheSessionIsResumed(TlsVersion version) throws Exception {
    SSLContext context = TlsPairs.sslContext();
    TlsConfig config = TlsPairs.client().versions(version).build();
    try (SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + listener.getLocalPort();
      for (int i = 0; i < 2; i++) {
        Job<?> server =
            crew.start(
                "server",
                () -> {
                  try (SSLSocket socket = (SSLSocket) listener.accept()) {
                    byte[] got = socket.getInputStream().readNBytes(DATA.length);
                    socket.getOutputStream().write(got);
                  }
                });
        try (TlsConn client = Tls.dial("tcp", address, config)) {
          crew.start("client writes", () -> client.write(DATA));
          assertArrayEquals(DATA, client.readAll());
          TlsInfo info = client.handshake();
          assertEquals(version, info.version());
          assertEquals(i == 1, info.resumed(), "connection " + i);
          assertFalse(info.peerCertificates().isEmpty());
          assertEquals("localhost", info.serverName());
        }
        server.result();
        Thread.sleep(5);
      }
    }
    assertTrue(config.alpn().isEmpty());
  }
}
