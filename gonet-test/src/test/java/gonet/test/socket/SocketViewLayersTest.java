package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetInterruptedException;
import gonet.socket.SocketViews;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.tls.TlsPairs;
import gonet.tls.TlsVersion;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Of {@link SocketViewContractTest} what does not come from the network, over connections that are
 * no TCP: the same promises of {@link Socket}.
 */
@ParameterizedClass
@EnumSource
@LeakCheck
@Timeout(180)
@Proves("socket-view")
class SocketViewLayersTest {

  enum Over {
    UNIX,
    PIPE,
    TLS_1_3,
    TLS_1_2;

    ConnPairs pairs() {
      return switch (this) {
        case UNIX -> ConnPairs.unix("unix");
        case PIPE -> ConnPairs.pipe();
        case TLS_1_3 ->
            TlsPairs.over(ConnPairs.dialled("tcp4", "127.0.0.1:0"), TlsVersion.TLS_1_3, true);
        case TLS_1_2 ->
            TlsPairs.over(ConnPairs.dialled("tcp4", "127.0.0.1:0"), TlsVersion.TLS_1_2, false);
      };
    }
  }

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final Over over;
  private ConnPair pair;
  private Socket socket;
  private Socket peer;

  SocketViewLayersTest(Over over) {
    this.over = over;
  }

  @BeforeEach
  void connect() throws IOException {
    pair = over.pairs().connect();
    socket = SocketViews.of(pair.left());
    peer = SocketViews.of(pair.right());
  }

  @AfterEach
  void close() throws Exception {
    socket.close();
    peer.close();
    pair.close();
    crew.end();
  }

  @Test
  void bytesGoBothWaysAndTheEndIsTheEnd() throws Exception {
    byte[] data = new byte[100_000];
    data[77_777] = 7;
    Job<?> writer =
        crew.start(
            "writer",
            () -> {
              socket.getOutputStream().write(1);
              socket.getOutputStream().write(data);
              socket.shutdownOutput();
            });
    InputStream in = peer.getInputStream();
    assertEquals(1, in.read());
    assertArrayEquals(data, in.readNBytes(data.length));
    assertEquals(-1, in.read());
    assertEquals(-1, in.read(new byte[3]));
    writer.result();
    assertTrue(socket.isOutputShutdown());
    assertThrows(SocketException.class, socket::getOutputStream);
    assertFalse(peer.isClosed());
  }

  @Test
  void aReadEndsWithItsTimeAndTheSocketGoesOn() throws Exception {
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(40);
    assertEquals(40, socket.getSoTimeout());
    assertThrows(SocketTimeoutException.class, in::read);
    assertThrows(SocketTimeoutException.class, () -> in.read(new byte[2]));
    socket.setSoTimeout(0);
    assertEquals(0, socket.getSoTimeout());
    Job<Integer> reader = crew.compute("reader", in::read).awaitParked();
    reader.staysFor(Duration.ofMillis(60));
    Job<?> writer = crew.start("writer", () -> peer.getOutputStream().write(3));
    assertEquals(3, reader.result());
    writer.result();
  }

  @Test
  void anInterruptLeavesTheSocketOpen() throws Exception {
    Job<?> reader = crew.start("reader", () -> socket.getInputStream().read()).awaitParked();
    reader.thread().interrupt();
    reader.failure(NetInterruptedException.class);
    assertFalse(socket.isClosed());
    Job<?> writer = crew.start("writer", () -> peer.getOutputStream().write(3));
    assertEquals(3, socket.getInputStream().read());
    writer.result();
  }

  @Test
  void aCloseByAnotherThreadEndsReaderAndWriter() throws Exception {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    Job<?> reader = crew.start("reader", in::read).awaitParked();
    Job<?> writer = crew.start("writer", () -> out.write(new byte[64 << 20])).awaitParked();
    socket.close();
    assertEquals("Socket closed", reader.failure(SocketException.class).getMessage());
    assertEquals("Socket closed", writer.failure(SocketException.class).getMessage());
    assertTrue(socket.isClosed());
    assertTrue(socket.isConnected(), "it was");
    assertThrows(SocketException.class, socket::getInputStream);
    assertThrows(SocketException.class, () -> socket.setSoTimeout(1));
  }

  @Test
  void inputMayEndBeforeOutput() throws Exception {
    InputStream in = socket.getInputStream();
    if (over != Over.PIPE) { // which has no place for what nobody reads
      peer.getOutputStream().write(9);
      pair.left().awaitReadable();
    }
    socket.shutdownInput();
    assertTrue(socket.isInputShutdown());
    assertEquals(-1, in.read());
    assertEquals(0, in.available());
    Job<?> writer = crew.start("writer", () -> socket.getOutputStream().write(4));
    assertEquals(4, peer.getInputStream().read());
    writer.result();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingAStreamClosesTheSocket(boolean output) throws Exception {
    Job<Integer> end = crew.compute("end", () -> peer.getInputStream().read()).awaitParked();
    Closeable stream = output ? socket.getOutputStream() : socket.getInputStream();
    stream.close();
    assertTrue(socket.isClosed());
    assertTrue(pair.left().isClosed());
    assertEquals(-1, end.result());
  }
}
