package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Socket} documents, said of a socket of the JDK and of gonet's views alike: states
 * after each step, failures by class and text, timeouts, half-close, a close by another thread,
 * options. What needs a socket that is not connected yet has nothing to say of a view.
 */
@ParameterizedClass
@MethodSource("kinds")
@LeakCheck
@Timeout(180)
@Proves("socket-view")
@SuppressWarnings("try") // closes are what is tested
class SocketViewContractTest {
  private static final int SHORT_MILLIS = 50;

  private final Kind kind;
  private final Crew crew;
  private ServerSocket listener;

  SocketViewContractTest(Callers callers, Kind kind) {
    this.kind = kind;
    crew = new Crew(callers);
  }

  static Stream<Arguments> kinds() {
    return Callers.kinds().stream()
        .flatMap(callers -> Stream.of(Kind.values()).map(kind -> Arguments.of(callers, kind)));
  }

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws Exception {
    listener.close();
    crew.end();
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private Socket connect() throws IOException {
    return kind.connect(address());
  }

  private static void assertFails(
      Class<? extends Throwable> type, String message, Executable call) {
    assertEquals(message, assertThrows(type, call).getMessage());
  }

  // ---- states ----------------------------------------------------------------------------------

  @Test
  void aSocketThatIsNotConnectedSaysSo() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    try (Socket socket = kind.unconnected()) {
      assertFalse(socket.isConnected());
      assertFalse(socket.isBound());
      assertFalse(socket.isClosed());
      assertFalse(socket.isInputShutdown());
      assertFalse(socket.isOutputShutdown());
      assertNull(socket.getInetAddress());
      assertEquals(0, socket.getPort());
      assertEquals(-1, socket.getLocalPort());
      assertNull(socket.getRemoteSocketAddress());
      assertNull(socket.getLocalSocketAddress());
      assertTrue(socket.getLocalAddress().isAnyLocalAddress());
      assertNull(socket.getChannel());
      assertEquals("Socket[unconnected]", socket.toString());
      String not = "Socket is not connected";
      assertFails(SocketException.class, not, socket::getInputStream);
      assertFails(SocketException.class, not, socket::getOutputStream);
      assertFails(SocketException.class, not, socket::shutdownInput);
      assertFails(SocketException.class, not, socket::shutdownOutput);
    }
  }

  @Test
  void aConnectedSocketTellsWhereItIs() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertTrue(socket.isConnected());
      assertTrue(socket.isBound());
      assertFalse(socket.isClosed());
      assertEquals(address().getAddress(), socket.getInetAddress());
      assertEquals(address().getPort(), socket.getPort());
      assertEquals(address(), socket.getRemoteSocketAddress());
      assertEquals(peer.getPort(), socket.getLocalPort());
      assertEquals(peer.getRemoteSocketAddress(), socket.getLocalSocketAddress());
      assertEquals(address().getAddress(), socket.getLocalAddress());
      assertNull(socket.getChannel());
      String text = socket.toString();
      assertTrue(text.startsWith("Socket[addr="), text);
      String ports = ",port=" + address().getPort() + ",localport=" + peer.getPort() + "]";
      assertTrue(text.endsWith(ports), text);
      assertFails(SocketException.class, "Already connected", () -> socket.connect(address()));
      assertFails(SocketException.class, "Already bound", () -> socket.bind(null));
    }
  }

  @Test
  void aClosedSocketKeepsWhatItWasAndDoesNothingMore() throws Exception {
    Socket socket = connect();
    try (Socket peer = listener.accept()) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      int port = socket.getLocalPort();
      socket.close();
      socket.close();
      assertTrue(socket.isClosed());
      assertTrue(socket.isConnected(), "it was");
      assertTrue(socket.isBound());
      assertEquals(port, socket.getLocalPort());
      assertEquals(address().getPort(), socket.getPort());
      assertEquals(address().getAddress(), socket.getInetAddress());
      assertTrue(socket.getLocalAddress().isAnyLocalAddress());
      String closed = "Socket is closed";
      for (Executable call :
          List.<Executable>of(
              socket::getInputStream,
              socket::getOutputStream,
              socket::shutdownInput,
              socket::shutdownOutput,
              () -> socket.connect(address()),
              () -> socket.bind(null),
              () -> socket.setSoTimeout(1),
              socket::getSoTimeout,
              () -> socket.setTcpNoDelay(true),
              socket::getTcpNoDelay,
              socket::getSoLinger,
              socket::getKeepAlive,
              socket::getReuseAddress,
              socket::getSendBufferSize,
              socket::getReceiveBufferSize,
              socket::getOOBInline,
              () -> socket.getOption(StandardSocketOptions.SO_LINGER))) {
        assertFails(SocketException.class, closed, call);
      }
      for (Executable call :
          List.<Executable>of(
              in::read, () -> in.read(new byte[1]), in::available, () -> out.write(1))) {
        assertFails(SocketException.class, "Socket closed", call);
      }
      assertEquals(-1, peer.getInputStream().read());
    }
  }

  @Test
  void anUnconnectedSocketMayBeClosed() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    Socket socket = kind.unconnected();
    socket.setTcpNoDelay(true);
    socket.close();
    assertTrue(socket.isClosed());
    assertFalse(socket.isConnected());
    assertFails(SocketException.class, "Socket is closed", () -> socket.connect(address()));
  }

  @Test
  void aBoundSocketHasItsAddress() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
      port = free.getLocalPort();
    }
    try (Socket socket = kind.unconnected()) {
      socket.bind(new InetSocketAddress(loopback, port));
      assertTrue(socket.isBound());
      assertFalse(socket.isConnected());
      assertEquals(port, socket.getLocalPort());
      assertEquals(loopback, socket.getLocalAddress());
      assertEquals("Socket[unconnected]", socket.toString());
      assertFails(SocketException.class, "Already bound", () -> socket.bind(null));
      socket.connect(address());
      try (Socket peer = listener.accept()) {
        assertEquals(port, peer.getPort());
        assertEquals(port, socket.getLocalPort());
      }
    }
    try (Socket socket = kind.unconnected()) {
      socket.bind(null);
      assertTrue(socket.isBound());
      socket.connect(address());
      try (Socket peer = listener.accept()) {
        assertEquals(peer.getPort(), socket.getLocalPort());
      }
    }
  }

  @Test
  void addressesThatCannotBeAreRefused() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("x.invalid", 1);
    try (Socket socket = kind.unconnected()) {
      assertThrows(IllegalArgumentException.class, () -> socket.connect(null));
      assertThrows(IllegalArgumentException.class, () -> socket.connect(address(), -1));
      assertThrows(
          IllegalArgumentException.class, () -> socket.connect(UnixDomainSocketAddress.of("/x")));
      assertFails(SocketException.class, "Unresolved address", () -> socket.bind(unresolved));
      assertFalse(socket.isClosed());
      assertFails(UnknownHostException.class, "x.invalid", () -> socket.connect(unresolved));
      assertTrue(socket.isClosed(), "a connect that failed closes");
    }
  }

  // ---- connecting ------------------------------------------------------------------------------

  @Test
  void whereNobodyListensTheConnectIsRefusedAndTheSocketClosed() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    InetSocketAddress nobody = address();
    listener.close();
    Socket socket = kind.unconnected();
    assertThrows(ConnectException.class, () -> socket.connect(nobody, 20_000));
    assertTrue(socket.isClosed());
    assertFalse(socket.isConnected());
  }

  @Test
  void aConnectEndsWithItsTimeAndWithTheClose() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    try (FullListener full = new FullListener()) {
      Socket late = kind.unconnected();
      assertThrows(SocketTimeoutException.class, () -> late.connect(full.address(), SHORT_MILLIS));
      assertTrue(late.isClosed());

      Socket socket = kind.unconnected();
      Job<Boolean> connector =
          crew.compute(
              "connector",
              () -> {
                assertThrows(SocketException.class, () -> socket.connect(full.address()));
                return Thread.currentThread().isInterrupted();
              });
      connector.staysFor(Duration.ofMillis(SHORT_MILLIS));
      socket.close();
      assertFalse(connector.result(), "the close is nobody else's business");
      assertTrue(socket.isClosed());
    }
  }

  // ---- streams ---------------------------------------------------------------------------------

  @Test
  void bytesGoBothWaysAndTheEndIsTheEnd() throws Exception {
    byte[] data = new byte[100_000];
    Arrays.fill(data, (byte) 9);
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertSame(socket.getInputStream(), socket.getInputStream());
      assertSame(socket.getOutputStream(), socket.getOutputStream());
      Job<?> echo =
          crew.start(
              "echo",
              () -> {
                peer.getInputStream().transferTo(peer.getOutputStream());
                peer.shutdownOutput();
              });
      Job<?> writer =
          crew.start(
              "writer",
              () -> {
                socket.getOutputStream().write(7);
                socket.getOutputStream().write(data);
                socket.getOutputStream().flush();
                socket.shutdownOutput();
              });
      InputStream in = socket.getInputStream();
      assertEquals(0, in.read(new byte[1], 0, 0));
      assertEquals(7, in.read());
      assertArrayEquals(data, in.readNBytes(data.length));
      assertEquals(-1, in.read());
      assertEquals(-1, in.read(new byte[3]));
      assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[1], 1, 1));
      writer.result();
      echo.result();
    }
  }

  @Test
  void whatIsThereCanBeAskedFor() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertEquals(0, socket.getInputStream().available());
      peer.getOutputStream().write(new byte[5]);
      socket.setSoTimeout(20_000);
      assertEquals(0, socket.getInputStream().read());
      boolean known = kind == Kind.JDK || !Net.stats().backend().equals("nio");
      assertEquals(known ? 4 : 0, socket.getInputStream().available(), "0 if nobody can tell");
    }
  }

  @Test
  void closingAStreamClosesTheSocket() throws Exception {
    try (Socket one = connect();
        Socket peerOfOne = listener.accept();
        Socket two = connect();
        Socket peerOfTwo = listener.accept()) {
      one.getInputStream().close();
      assertTrue(one.isClosed());
      assertEquals(-1, peerOfOne.getInputStream().read());
      two.getOutputStream().close();
      assertTrue(two.isClosed());
      assertEquals(-1, peerOfTwo.getInputStream().read());
    }
  }

  @Test
  void outputMayEndBeforeInput() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      OutputStream out = socket.getOutputStream();
      socket.shutdownOutput();
      assertTrue(socket.isOutputShutdown());
      assertFalse(socket.isInputShutdown());
      assertFalse(socket.isClosed());
      assertEquals(-1, peer.getInputStream().read());
      peer.getOutputStream().write(3);
      assertEquals(3, socket.getInputStream().read());
      assertThrows(SocketException.class, () -> out.write(1));
      assertFails(SocketException.class, "Socket output is shutdown", socket::getOutputStream);
      assertFails(
          SocketException.class, "Socket output is already shutdown", socket::shutdownOutput);
    }
  }

  @Test
  void inputMayEndBeforeOutput() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      InputStream in = socket.getInputStream();
      socket.shutdownInput();
      assertTrue(socket.isInputShutdown());
      assertFalse(socket.isOutputShutdown());
      assertEquals(-1, in.read());
      assertEquals(0, in.available());
      assertFails(SocketException.class, "Socket input is shutdown", socket::getInputStream);
      assertFails(SocketException.class, "Socket input is already shutdown", socket::shutdownInput);
      socket.getOutputStream().write(4);
      assertEquals(4, peer.getInputStream().read());
    }
  }

  @Test
  void aResetIsASocketException() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      peer.setSoLinger(true, 0);
      peer.close();
      assertThrows(SocketException.class, () -> socket.getInputStream().read());
      assertFalse(socket.isClosed());
    }
  }

  // ---- time, and other threads -----------------------------------------------------------------

  @Test
  void aReadThatTimesOutLeavesTheSocketUsable() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertEquals(0, socket.getSoTimeout());
      socket.setSoTimeout(SHORT_MILLIS);
      assertEquals(SHORT_MILLIS, socket.getSoTimeout());
      for (int i = 0; i < 3; i++) {
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        assertFalse(socket.isClosed());
      }
      socket.setSoTimeout(0);
      Job<Integer> reader = crew.compute("reader", () -> socket.getInputStream().read());
      reader.staysFor(Duration.ofMillis(2L * SHORT_MILLIS));
      peer.getOutputStream().write(5);
      assertEquals(5, reader.result());
      assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
    }
  }

  @Test
  void aCloseEndsAReadAndAWriteOfOtherThreads() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertNotNull(peer);
      Job<?> reader = crew.start("reader", () -> socket.getInputStream().read());
      Job<?> writer =
          crew.start(
              "writer",
              () -> {
                for (byte[] block = new byte[1 << 20]; ; ) {
                  socket.getOutputStream().write(block);
                }
              });
      reader.staysFor(Duration.ofMillis(SHORT_MILLIS));
      writer.staysFor(Duration.ofMillis(SHORT_MILLIS));
      socket.close();
      assertEquals("Socket closed", reader.failure(SocketException.class).getMessage());
      writer.failure(SocketException.class);
    }
  }

  // ---- options ---------------------------------------------------------------------------------

  @Test
  void optionsReadBackWhenConnected() throws Exception {
    try (Socket socket = connect();
        Socket peer = listener.accept()) {
      assertNotNull(peer);
      assertOptions(socket);
    }
  }

  @Test
  void optionsThatAreSetBeforeHoldFromTheConnectOn() throws Exception {
    if (kind == Kind.VIEW) {
      return;
    }
    try (Socket socket = kind.unconnected()) {
      assertOptions(socket);
      socket.setSoTimeout(SHORT_MILLIS);
      socket.setTcpNoDelay(false);
      socket.setKeepAlive(false);
      socket.setSoLinger(true, 7);
      socket.connect(address());
      try (Socket peer = listener.accept()) {
        assertNotNull(peer);
        assertEquals(SHORT_MILLIS, socket.getSoTimeout());
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        assertFalse(socket.getTcpNoDelay());
        assertFalse(socket.getKeepAlive());
        assertEquals(7, socket.getSoLinger());
        socket.setSoLinger(false, 0);
      }
    }
  }

  private static void assertOptions(Socket socket) throws IOException {
    for (boolean on : new boolean[] {true, false, true}) {
      socket.setTcpNoDelay(on);
      assertEquals(on, socket.getTcpNoDelay());
      socket.setKeepAlive(on);
      assertEquals(on, socket.getKeepAlive());
    }
    assertEquals(-1, socket.getSoLinger());
    socket.setSoLinger(true, 5);
    assertEquals(5, socket.getSoLinger());
    socket.setSoLinger(true, 70_000);
    assertEquals(65_535, socket.getSoLinger(), "the most that there is");
    socket.setSoLinger(false, 5);
    assertEquals(-1, socket.getSoLinger());
    socket.setSendBufferSize(20_000);
    assertTrue(socket.getSendBufferSize() > 0);
    socket.setReceiveBufferSize(20_000);
    assertTrue(socket.getReceiveBufferSize() > 0);
    socket.setTrafficClass(0x10);
    assertTrue(socket.getTrafficClass() >= 0);
    socket.setReuseAddress(true);
    assertTrue(socket.getReuseAddress());
    assertFalse(socket.getOOBInline());
    socket.setOOBInline(false);
    socket.setPerformancePreferences(1, 2, 3);

    assertSame(socket, socket.setOption(StandardSocketOptions.TCP_NODELAY, false));
    assertFalse(socket.getOption(StandardSocketOptions.TCP_NODELAY));
    assertTrue(socket.supportedOptions().contains(StandardSocketOptions.SO_KEEPALIVE));
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
    assertEquals(77, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
    assertThrows(
        UnsupportedOperationException.class,
        () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
    assertThrows(NullPointerException.class, () -> socket.setOption(null, 1));

    for (Executable wrong :
        List.<Executable>of(
            () -> socket.setSoLinger(true, -1),
            () -> socket.setSendBufferSize(0),
            () -> socket.setReceiveBufferSize(-1),
            () -> socket.setTrafficClass(256))) {
      assertThrows(IllegalArgumentException.class, wrong);
    }
  }
}
