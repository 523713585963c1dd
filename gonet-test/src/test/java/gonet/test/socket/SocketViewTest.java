package gonet.test.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetInterruptedException;
import gonet.TcpConn;
import gonet.netip.Addr;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyProtocol;
import gonet.socket.NetSocketFactory;
import gonet.socket.SocketViews;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.tls.TlsPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What gonet's views have of their own: interrupts, layers, listeners, factories, TLS. */
@LeakCheck
@Timeout(180)
@Proves("socket-view")
@SuppressWarnings("try") // closes are what is tested
class SocketViewTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  private static String read(Socket socket, int length) throws Exception {
    return new String(socket.getInputStream().readNBytes(length), US_ASCII);
  }

  private static void write(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static int port(Listener listener) {
    return SocketViews.serverSocket(listener).getLocalPort();
  }

  // ---- connections -----------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void anInterruptLeavesTheSocketUsable(Callers callers) throws Exception {
    Crew threads = new Crew(callers);
    try (ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      Socket socket = SocketViews.of(pair.left());
      Job<Boolean> reader =
          threads.compute(
              "reader",
              () -> {
                InputStream in = socket.getInputStream();
                assertThrows(NetInterruptedException.class, in::read);
                return Thread.currentThread().isInterrupted();
              });
      reader.awaitParked();
      reader.thread().interrupt();
      assertTrue(reader.result(), "the status stays set");
      assertFalse(socket.isClosed());
      pair.right().write("still".getBytes(US_ASCII));
      assertEquals("still", read(socket, 5));
    }
    threads.end();
  }

  @Test
  void aViewAndItsConnectionAreOneThing() throws Exception {
    try (ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      Socket socket = SocketViews.of(pair.left());
      assertSame(pair.left(), SocketViews.connOf(socket));
      assertNull(SocketViews.connOf(new Socket()));
      socket.setSoTimeout(1234);
      assertEquals(Duration.ofMillis(1234), pair.left().readTimeout());
      pair.left().setReadTimeout(Duration.ofNanos(1));
      assertEquals(1, socket.getSoTimeout(), "0 would be none");
      pair.left().setReadTimeout(null);
      socket.setTcpNoDelay(false);
      assertFalse(((TcpConn) pair.left()).noDelay());
      InputStream in = socket.getInputStream();
      pair.left().close();
      assertTrue(socket.isClosed());
      SocketException e = assertThrows(SocketException.class, in::read);
      assertEquals("Socket closed", e.getMessage());
      assertNotNull(e.getCause());
      socket.close();
    }
  }

  @Test
  void aConnectionWithoutAnIpAddressHasTheLoopbacks() throws Exception {
    for (ConnPairs pairs : List.of(ConnPairs.pipe(), ConnPairs.unix("unix"))) {
      try (ConnPair pair = pairs.connect()) {
        Socket socket = SocketViews.of(pair.left());
        assertEquals(InetAddress.getLoopbackAddress(), socket.getInetAddress());
        assertEquals(0, socket.getPort());
        assertEquals(InetAddress.getLoopbackAddress(), socket.getLocalAddress());
        assertTrue(socket.isConnected());
        socket.setTcpNoDelay(false); // libraries do, and it means nothing here
        assertFalse(socket.getTcpNoDelay());
        socket.setTrafficClass(8);
        assertEquals(8, socket.getTrafficClass());
        Job<?> writer = crew.start("writer", () -> write(socket, "hello"));
        byte[] got = new byte[5];
        pair.right().readFully(got);
        assertArrayEquals("hello".getBytes(US_ASCII), got);
        writer.result();
        socket.close();
        assertTrue(pair.left().isClosed());
      }
    }
  }

  @Test
  void urgentDataIsRefused() throws Exception {
    try (ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      Socket socket = SocketViews.of(pair.left());
      SocketException e = assertThrows(SocketException.class, () -> socket.sendUrgentData(1));
      assertEquals("Urgent data not supported", e.getMessage());
      assertThrows(SocketException.class, () -> socket.setOOBInline(true));
    }
  }

  @Test
  void streamsOfTwoViewsAreATransfer() throws Exception {
    try (ConnPair from = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
        ConnPair to = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      Socket source = SocketViews.of(from.right());
      Socket sink = SocketViews.of(to.left());
      Job<Long> transfer =
          crew.compute(
              "transfer", () -> source.getInputStream().transferTo(sink.getOutputStream()));
      from.left().write(new byte[10_000]);
      from.left().closeWrite();
      to.right().readFully(new byte[10_000]);
      assertEquals(10_000, transfer.result());
    }
  }

  // ---- factories -------------------------------------------------------------------------------

  @Test
  void aFactoryDialsNamesAndAddresses() throws Exception {
    SocketFactory byTable =
        SocketViews.factory(
            Dialer.defaults().withResolver(request -> List.of(Addr.parse("127.0.0.1"))));
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      int port = port(listener);
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      for (Socket socket :
          List.of(
              byTable.createSocket("some.example", port),
              byTable.createSocket("some.example", port, null, 0),
              NetSocketFactory.getDefault().createSocket(loopback, port),
              new NetSocketFactory().createSocket(loopback, port, loopback, 0))) {
        try (socket;
            Conn peer = listener.accept()) {
          assertEquals(port, socket.getPort());
          assertInstanceOf(TcpConn.class, SocketViews.connOf(socket));
          write(socket, "x");
          peer.readFully(new byte[1]);
        }
      }
      assertThrows(IllegalArgumentException.class, () -> byTable.createSocket("x", 65_536));
      assertThrows(IllegalArgumentException.class, () -> byTable.createSocket("x", -1));
    }
  }

  // ---- server sockets --------------------------------------------------------------------------

  @Test
  void aListenerIsABoundServerSocket() throws Exception {
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    ServerSocket server = SocketViews.serverSocket(listener);
    assertTrue(server.isBound());
    assertFalse(server.isClosed());
    assertNull(server.getChannel());
    assertEquals(InetAddress.ofLiteral("127.0.0.1"), server.getInetAddress());
    assertTrue(server.getLocalPort() > 0);
    String text = server.toString();
    assertTrue(text.startsWith("ServerSocket[addr="), text);
    assertTrue(text.endsWith(",localport=" + server.getLocalPort() + "]"), text);
    SocketException bound = assertThrows(SocketException.class, () -> server.bind(null));
    assertEquals("Already bound", bound.getMessage());

    server.setSoTimeout(30);
    assertEquals(30, server.getSoTimeout());
    assertThrows(SocketTimeoutException.class, server::accept);
    assertFalse(server.isClosed());
    server.setSoTimeout(0);
    assertEquals(0, server.getSoTimeout());
    assertThrows(IllegalArgumentException.class, () -> server.setSoTimeout(-1));
    server.setReceiveBufferSize(20_000);
    assertTrue(server.getReceiveBufferSize() > 0);
    server.setReuseAddress(true);
    assertTrue(server.getReuseAddress());
    assertTrue(server.supportedOptions().contains(StandardSocketOptions.SO_RCVBUF));
    assertTrue(server.getOption(StandardSocketOptions.SO_RCVBUF) > 0);
    assertThrows(
        UnsupportedOperationException.class,
        () -> server.getOption(StandardSocketOptions.IP_MULTICAST_TTL));

    Job<Socket> acceptor = crew.compute("acceptor", server::accept).awaitParked();
    try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = acceptor.result()) {
      write(client, "hello");
      assertEquals("hello", read(accepted, 5));
      assertEquals(client.getLocalPort(), accepted.getPort());
    }

    Job<?> waiting = crew.start("waiting", server::accept).awaitParked();
    waiting.thread().interrupt();
    waiting.failure(NetInterruptedException.class);
    assertFalse(server.isClosed());

    Job<?> last = crew.start("last", server::accept).awaitParked();
    server.close();
    assertEquals("Socket closed", last.failure(SocketException.class).getMessage());
    assertTrue(server.isClosed());
    assertTrue(listener.isClosed());
    assertTrue(server.isBound(), "it was");
    SocketException closed = assertThrows(SocketException.class, server::accept);
    assertEquals("Socket is closed", closed.getMessage());
  }

  /** A proxy that says nothing is its own business. */
  @Test
  void anAcceptWaitsForNoPeersHeader() throws Exception {
    ProxyProtocol behind =
        ProxyProtocol.from(AddrSet.of("127.0.0.0/8")).withTimeout(Duration.ofMinutes(5));
    try (ServerSocket server = SocketViews.serverSocket(behind.listen("tcp4", "127.0.0.1:0"));
        Socket silent = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Job<Socket> first = crew.compute("first", server::accept);
      Socket stuck = first.result();
      assertTrue(stuck.isConnected());
      assertFalse(stuck.toString().isEmpty());
      try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket accepted = crew.compute("second", server::accept).result()) {
        write(client, "PROXY TCP4 192.0.2.7 192.0.2.8 1111 2222\r\nhello");
        assertEquals("hello", read(accepted, 5));
        assertEquals(InetAddress.ofLiteral("192.0.2.7"), accepted.getInetAddress());
        assertEquals(1111, accepted.getPort());
        assertEquals(InetAddress.ofLiteral("192.0.2.8"), accepted.getLocalAddress());
        assertEquals(2222, accepted.getLocalPort());
        assertTrue(accepted.toString().contains("192.0.2.7:1111"), accepted::toString);
      }
      stuck.close();
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  @Test
  void aUnixListenerHasTheOptionsOfAServerSocketWithoutEffect(@TempDir Path dir) throws Exception {
    try (Listener listener = Net.listen("unix", dir.resolve("s").toString());
        ServerSocket server = SocketViews.serverSocket(listener)) {
      server.setReuseAddress(true);
      assertNotNull((Object) server.getReuseAddress());
      server.setReceiveBufferSize(20_000);
      assertTrue(server.getReceiveBufferSize() > 0);
      assertThrows(IllegalArgumentException.class, () -> server.setReceiveBufferSize(0));
    }
  }

  @Test
  void optionsThatCannotBeAreRefusedBeforeTheConnectAsWell() throws Exception {
    try (Socket socket = SocketViews.factory().createSocket()) {
      for (SocketOption<Integer> option :
          List.of(
              StandardSocketOptions.SO_RCVBUF,
              StandardSocketOptions.SO_SNDBUF,
              StandardSocketOptions.IP_TOS,
              ExtendedSocketOptions.TCP_KEEPIDLE,
              ExtendedSocketOptions.TCP_KEEPINTERVAL,
              ExtendedSocketOptions.TCP_KEEPCOUNT)) {
        var e =
            assertThrows(
                IllegalArgumentException.class, () -> socket.setOption(option, -5), option::name);
        assertTrue(e.getMessage().contains("-5"), e::toString);
      }
      socket.setOption(StandardSocketOptions.SO_LINGER, -1);
      assertThrows(
          IllegalArgumentException.class,
          () -> socket.setOption(StandardSocketOptions.IP_TOS, 256));
    }
  }

  // ---- TLS -------------------------------------------------------------------------------------

  /** Sends back what comes, over TLS, until the client ends its stream. */
  private Job<?> echo(Listener listener) {
    return crew.start(
        "echo",
        () -> {
          try (Conn conn = listener.accept()) {
            byte[] buf = new byte[1000];
            for (int n; (n = conn.read(buf)) >= 0; ) {
              conn.write(buf, 0, n);
            }
            conn.closeWrite();
          }
        });
  }

  @Test
  void tlsIsOneOfTheJdksTypes() throws Exception {
    TlsConfig config = TlsPairs.server().alpn("h2", "http/1.1").build();
    SSLSocketFactory factory = SocketViews.tlsFactory(TlsPairs.client().build());
    try (Listener listener = Tls.listen("tcp", "127.0.0.1:0", config)) {
      Job<?> echo = echo(listener);
      int port = port(listener);
      Socket plain = SocketViews.factory().createSocket();
      plain.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 20_000);
      try (SSLSocket socket = (SSLSocket) factory.createSocket(plain, "localhost", port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.1"});
        CountDownLatch completed = new CountDownLatch(1);
        socket.addHandshakeCompletedListener(event -> completed.countDown());
        assertTrue(socket.getUseClientMode());
        assertNull(socket.getApplicationProtocol());
        socket.startHandshake();
        assertTrue(completed.await(20, TimeUnit.SECONDS));
        assertEquals("http/1.1", socket.getApplicationProtocol());
        assertTrue(socket.getSession().isValid());
        assertEquals("TLSv1.2", socket.getSession().getProtocol());
        assertEquals(
            TlsPairs.keys().chain().getFirst(), socket.getSession().getPeerCertificates()[0]);
        assertInstanceOf(TlsConn.class, SocketViews.connOf(socket));

        socket.setSoTimeout(30);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(20_000);
        write(socket, "hello");
        assertEquals("hello", read(socket, 5));
        assertTrue(socket.isConnected());
        assertEquals(port, socket.getPort());
        socket.shutdownOutput();
        assertEquals(-1, socket.getInputStream().read());
        socket.close();
        assertTrue(socket.isClosed());
        assertTrue(plain.isClosed());
      }
      echo.result();
    }
  }

  @Test
  void theTimeoutOfReadsBoundsTheHandshake() throws Exception {
    SSLSocketFactory factory = SocketViews.tlsFactory(TlsPairs.client().build());
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        SSLSocket socket = (SSLSocket) factory.createSocket("localhost", port(listener))) {
      socket.setSoTimeout(30);
      assertThrows(SocketTimeoutException.class, socket::startHandshake);
      assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
      try (Conn accepted = listener.accept()) {
        Job<?> echo =
            crew.start(
                "server",
                () -> Tls.server(accepted, TlsPairs.server().build()).write(new byte[] {65}));
        socket.setSoTimeout(20_000);
        assertEquals("A", read(socket, 1)); // the handshake went on
        echo.result();
      }
    }
  }

  @Test
  void listenersHearOfAHandshakeThatTheFirstReadOrWriteRuns() throws Exception {
    SSLSocketFactory factory = SocketViews.tlsFactory(TlsPairs.client().build());
    for (boolean byWrite : new boolean[] {true, false}) {
      try (Listener listener = Tls.listen("tcp", "127.0.0.1:0", TlsPairs.server().build());
          SSLSocket socket = (SSLSocket) factory.createSocket("localhost", port(listener))) {
        LinkedBlockingQueue<HandshakeCompletedEvent> events = new LinkedBlockingQueue<>();
        socket.addHandshakeCompletedListener(events::add);
        Job<?> server =
            crew.start(
                "server",
                () -> {
                  try (Conn conn = listener.accept()) {
                    if (byWrite) {
                      conn.readFully(new byte[5]);
                    }
                    conn.write("hello".getBytes(US_ASCII));
                  }
                });
        if (byWrite) {
          write(socket, "hello");
        }
        assertEquals("hello", read(socket, 5));
        HandshakeCompletedEvent event = events.poll(20, TimeUnit.SECONDS);
        assertNotNull(event);
        assertSame(socket, event.getSocket());
        assertEquals("TLSv1.3", event.getSession().getProtocol());
        socket.startHandshake(); // over already
        server.result();
        assertTrue(events.isEmpty(), "once");
      }
    }
  }

  @Test
  void whatJsseDoesNotKnowCannotBeSet() throws Exception {
    SSLSocketFactory factory = SocketViews.tlsFactory(TlsPairs.client().build());
    try (SSLSocket socket = (SSLSocket) factory.createSocket()) {
      for (Executable setter :
          List.<Executable>of(
              () -> socket.setEnabledProtocols(new String[] {"TLSv1.3", "nonsense"}),
              () -> socket.setEnabledCipherSuites(new String[] {"nonsense"}),
              () -> socket.setSSLParameters(new SSLParameters(new String[] {"nonsense"})),
              () -> socket.setSSLParameters(new SSLParameters(null, new String[] {"nonsense"})))) {
        var e = assertThrows(IllegalArgumentException.class, setter);
        assertTrue(e.getMessage().contains("\"nonsense\""), e::toString);
      }
      assertThrows(
          IllegalArgumentException.class, () -> socket.setEnabledProtocols(new String[] {null}));
      socket.setEnabledProtocols(new String[] {"TLSv1.1"}); // known, and not spoken
      try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port(listener)));
        SSLException e = assertThrows(SSLException.class, socket::startHandshake);
        assertTrue(e.getMessage().contains("TLSv1.1"), e::toString);
      }
    }
  }

  @Test
  void namesAreVerifiedWhateverALibrarySets() throws Exception {
    try (Listener listener = Tls.listen("tcp", "127.0.0.1:0", TlsPairs.server().build())) {
      int port = port(listener);
      SSLSocketFactory factory =
          SocketViews.tlsFactory(TlsConfig.builder().trust(TlsPairs.keys().chain()).build());
      Job<?> server =
          crew.start(
              "server",
              () -> {
                try (Conn conn = listener.accept()) {
                  assertThrows(TlsException.class, () -> conn.read(new byte[1]));
                }
              });
      try (SSLSocket socket = (SSLSocket) factory.createSocket()) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(null);
        socket.setSSLParameters(parameters);
        assertThrows(TlsException.class, socket::startHandshake);
        assertThrows(
            SSLPeerUnverifiedException.class, () -> socket.getSession().getPeerCertificates());
      }
      server.result();
    }
  }

  @Test
  void whatTheTlsFactoryCannotDoIsRefused() throws Exception {
    SSLSocketFactory factory = SocketViews.tlsFactory(TlsPairs.client().build());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket listener = new ServerSocket(0, 5, loopback);
        Socket jdk = new Socket(loopback, listener.getLocalPort());
        Socket ours = SocketViews.factory().createSocket(loopback, listener.getLocalPort())) {
      assertThrows(
          UnsupportedOperationException.class,
          () -> factory.createSocket(jdk, "localhost", 1, true));
      assertThrows(
          UnsupportedOperationException.class,
          () -> factory.createSocket(ours, "localhost", 1, false));
      assertThrows(
          SocketException.class,
          () -> factory.createSocket(SocketViews.factory().createSocket(), "localhost", 1, true));
      try (SSLSocket unconnected = (SSLSocket) factory.createSocket()) {
        assertThrows(SocketException.class, unconnected::startHandshake);
        assertThrows(IllegalArgumentException.class, () -> unconnected.setUseClientMode(false));
      }
    }
  }
}
