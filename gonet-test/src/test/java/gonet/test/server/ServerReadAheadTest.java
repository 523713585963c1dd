package gonet.test.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that send several requests at once, and servers whose readers take them at once. */
@LeakCheck
@Timeout(180)
@Proves("server-read-ahead")
class ServerReadAheadTest {
  /** How a program serves request by request. */
  @SuppressWarnings("ImmutableEnumChecker") // a function that has no state
  enum Style {
    READER_AT_HAND {
      @Override
      ServerBuilder on(ServerBuilder builder, AtomicInteger answered, CountDownLatch mayGoOn) {
        return builder.handler(
            conn -> {
              FrameReader lines = Lines.upTo(100).reader(conn);
              while (conn.awaitRequest(lines)) {
                if (!answer(conn, lines, answered, mayGoOn)) {
                  return;
                }
              }
            });
      }
    },
    READER_ATTACHED {
      @Override
      ServerBuilder on(ServerBuilder builder, AtomicInteger answered, CountDownLatch mayGoOn) {
        return builder.handler(
            conn -> {
              FrameReader lines = Lines.upTo(100).reader(conn);
              conn.attach(lines);
              while (conn.awaitRequest()) {
                if (!answer(conn, lines, answered, mayGoOn)) {
                  return;
                }
              }
            });
      }
    },
    REQUEST_HANDLER {
      @Override
      ServerBuilder on(ServerBuilder builder, AtomicInteger answered, CountDownLatch mayGoOn) {
        return builder
            .onConnect(conn -> conn.attach(Lines.upTo(100).reader(conn)))
            .requestHandler(
                conn -> {
                  FrameReader lines = (FrameReader) conn.attachment();
                  var _ = answer(conn, lines, answered, mayGoOn);
                });
      }
    };

    abstract ServerBuilder on(
        ServerBuilder builder, AtomicInteger answered, CountDownLatch mayGoOn);
  }

  private static boolean answer(
      ServerConn conn, FrameReader lines, AtomicInteger answered, CountDownLatch mayGoOn)
      throws IOException, InterruptedException {
    String line = lines.readString(UTF_8);
    if (line == null) {
      return false;
    }
    mayGoOn.await();
    conn.write((answered.incrementAndGet() + line + "\n").getBytes(UTF_8));
    return true;
  }

  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  private Server start(Style style) throws IOException {
    return style.on(Server.builder().listenOn("tcp", "127.0.0.1:0"), answered, mayGoOn).start();
  }

  @ParameterizedTest
  @EnumSource
  void allRequestsOfOneWriteAreAnsweredWithoutAnotherByte(Style style) throws Exception {
    mayGoOn.countDown();
    try (Server server = start(style);
        Conn conn = Clients.dial(server)) {
      FrameReader answers = Lines.upTo(100).reader(conn);
      conn.write("a\nb\nc\nd".getBytes(UTF_8));
      assertEquals("1a", answers.readString(UTF_8));
      assertEquals("2b", answers.readString(UTF_8));
      assertEquals("3c", answers.readString(UTF_8));
      conn.write("d\n".getBytes(UTF_8));
      assertEquals("4dd", answers.readString(UTF_8));
      conn.write("e\n".getBytes(UTF_8));
      assertEquals("5e", answers.readString(UTF_8));
      conn.closeWrite();
      assertNull(answers.readString(UTF_8));
      assertEquals(0, server.stats().failed());
    }
  }

  @ParameterizedTest
  @EnumSource
  void requestsThatAReaderHoldsAreAnsweredBeforeAShutdownEnds(Style style) throws Exception {
    try (Server server = start(style);
        Conn conn = Clients.dial(server)) {
      FrameReader answers = Lines.upTo(100).reader(conn);
      conn.write("a\nb\nc\n".getBytes(UTF_8));
      Clients.eventually(() -> server.stats().bytesRead() == 6);
      server.beginShutdown(Duration.ofMinutes(5));
      Clients.eventually(() -> server.conns().stream().allMatch(ServerConn::isFinishing));
      mayGoOn.countDown();
      assertEquals("1a", answers.readString(UTF_8));
      assertEquals("2b", answers.readString(UTF_8));
      assertEquals("3c", answers.readString(UTF_8));
      assertNull(answers.readString(UTF_8));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, server.awaitClosed().outcome());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsHeldAtTheEndOfTheStreamIsAnsweredToo(Style style) throws Exception {
    try (Server server = start(style);
        Conn conn = Clients.dial(server)) {
      conn.write("a\nb\n".getBytes(UTF_8));
      conn.closeWrite();
      Clients.eventually(() -> server.stats().bytesRead() == 4);
      mayGoOn.countDown();
      assertEquals("1a\n2b\n", new String(conn.readAll(100), UTF_8));
      assertTrue(Clients.refused(conn));
      assertEquals(0, server.stats().failed());
    }
  }
}
