package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What counts as the end of a connection, and what gonet says about the rest. */
@Timeout(180)
@SuppressWarnings("try") // closes are what is tested
class ConnectionEndTest {

  // ---- the factories, which are the public way to failures
  // ---------------------------------------

  @Test
  void theFactoriesMakeTheFailuresThatGonetsOwnConnectionsMake() throws Exception {
    try (Listener listener = Net.listen("tcp4", "127.0.0.1:0");
        Conn conn = Net.dial("tcp4", listener.addr().toString())) {
      String both = "tcp4 " + conn.localAddr() + "->" + conn.remoteAddr();
      assertFailure(NetFailure.timeout("read", conn, 3), "read " + both + ": i/o timeout", true, 3);
      assertFailure(
          NetFailure.interrupted("write", conn, 4),
          "write " + both + ": operation was canceled",
          false,
          4);
      assertFailure(
          NetFailure.closed("read", conn, 0),
          "read " + both + ": use of closed network connection",
          false,
          0);
      assertFailure(
          NetFailure.errno("read", conn, "read", "ECONNRESET", 0),
          "read " + both + ": read: connection reset by peer",
          false,
          0);
      assertFailure(
          NetFailure.because("read", conn, new SocketTimeoutException("of a stranger")),
          "read " + both + ": of a stranger",
          true,
          0);
      assertFailure(
          NetFailure.timeout("accept", listener),
          "accept tcp4 " + listener.addr() + ": i/o timeout",
          true,
          0);
      assertFailure(
          NetFailure.closed("set", conn, 0),
          "set tcp4 " + conn.localAddr() + ": use of closed network connection",
          false,
          0);
      NetTimeoutException more =
          (NetTimeoutException)
              NetFailure.withBytesTransferred(NetFailure.timeout("write", conn, 3), 30);
      assertEquals(30, more.bytesTransferred());
      assertEquals(30, more.failure().bytesTransferred());
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> NetFailure.errno("read", conn, "read", "EWHAT", 0));
      assertEquals("no errno is called \"EWHAT\"", e.getMessage());
    }
  }

  private static void assertFailure(IOException e, String text, boolean timeout, long bytes) {
    NetFailure failure = (NetFailure) e;
    // A dialled connection's network is its socket's, whatever was asked for.
    assertEquals(text.replace("tcp4", failure.network()), e.getMessage());
    assertEquals(timeout, failure.timeout());
    assertEquals(bytes, failure.bytesTransferred());
  }

  // ---- whose end it is
  // ---------------------------------------------------------------------------

  @Test
  void theEndOfAConnectionIsItsOwnAndNoOthers() throws Exception {
    try (Listener listener = Net.listen("tcp4", "127.0.0.1:0");
        Conn mine = Net.dial("tcp4", listener.addr().toString());
        Conn other = Net.dial("tcp4", listener.addr().toString())) {
      Conn layered = mine.within(TimeLimit.after(Duration.ofHours(1)));
      for (IOException end :
          List.of(
              NetFailure.timeout("read", mine, 0),
              NetFailure.closed("write", mine, 0),
              NetFailure.interrupted("read", mine, 0),
              NetFailure.closed("set", mine, 0),
              NetFailure.errno("write", mine, "write", "EPIPE", 0))) {
        assertTrue(NetFailure.isConnectionEnd(end), end::toString);
        assertTrue(NetFailure.isConnectionEndOf(end, mine), end::toString);
        assertTrue(NetFailure.isConnectionEndOf(end, layered), "from beneath a layer: " + end);
        assertFalse(NetFailure.isConnectionEndOf(end, other), end::toString);
      }
      IOException refused;
      try (Socket holder = new Socket()) { // takes a port and does not listen
        holder.bind(new InetSocketAddress(0));
        String dead = "127.0.0.1:" + holder.getLocalPort();
        refused = assertThrows(NetConnectException.class, () -> Net.dial("tcp4", dead));
      }
      assertFalse(NetFailure.isConnectionEnd(refused));
      assertFalse(NetFailure.isConnectionEndOf(refused, mine));
    }
  }

  @Test
  void aStrangersFailureCountsByItsClassAlone() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      for (IOException end :
          List.of(new SocketTimeoutException(), new ClosedChannelException(), new EOFException())) {
        assertTrue(NetFailure.isConnectionEndOf(end, pipe.first()), end::toString);
      }
      for (Throwable none :
          new Throwable[] {
            new ConnectException(),
            new FileNotFoundException(),
            new IOException(),
            new Error(),
            null
          }) {
        assertFalse(NetFailure.isConnectionEndOf(none, pipe.first()), String.valueOf(none));
      }
    }
  }

  @Test
  void aClosedListenerIsAnEndAndNoConnections() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      Listener listener = Net.listen("tcp", "127.0.0.1:0");
      listener.close();
      IOException e = assertThrows(NetClosedException.class, listener::accept);
      assertTrue(NetFailure.isConnectionEnd(e));
      assertFalse(NetFailure.isConnectionEndOf(e, pipe.first()));
    }
  }

  @Test
  void aPipesEndIsItsOwn() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      pipe.close();
      IOException e = assertThrows(NetClosedException.class, () -> pipe.first().read(new byte[1]));
      assertTrue(NetFailure.isConnectionEndOf(e, pipe.first()));
    }
  }

  // ---- what is logged
  // ----------------------------------------------------------------------------

  private record Said(IOException thrown, Level level) {}

  static List<Said> said() {
    return List.of(
        new Said(new SocketTimeoutException("i/o timeout"), Level.DEBUG),
        new Said(new ConnectException("refused"), Level.WARN),
        new Said(new FileNotFoundException("missing"), Level.WARN));
  }

  @ParameterizedTest
  @MethodSource("said")
  void aTaskThatFailsIsLoudUnlessItsConnectionHasEnded(Said said) throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("gonet");
    Level before = logger.getLevel();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
    try {
      Net.go(
              "failing",
              () -> {
                throw said.thrown;
              })
          .join();
      List<String> got = new ArrayList<>();
      for (ILoggingEvent line : List.copyOf(lines.list)) {
        if (line.getFormattedMessage().startsWith("failing")) {
          got.add(line.getLevel().toString());
        }
      }
      assertEquals(List.of(said.level.toString()), got);
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
  }
}
