package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.TcpConn;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.live.Heartbeat;
import gonet.live.MinRate;
import gonet.live.PeerLoss;
import gonet.live.PeerLostException;
import gonet.live.StalledException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The examples of docs/guide.md on liveness; the last test holds that it shows them. */
@Timeout(180)
class LivenessGuideTest {
  private final Pipe pipe = Net.pipe();
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void close() throws Exception {
    pipe.close();
    crew.end();
  }

  // example
  /** A listener whose connections notice within 30 s that their peer is gone, whatever happened. */
  static Listener listen(String address) throws IOException {
    return PeerLoss.within(Duration.ofSeconds(30))
        .on(ListenConfig.defaults())
        .listen("tcp", address);
  }

  // end of example

  // example
  /** Answers lines, and asks a client that is silent for 15 s whether it is still there. */
  static void serve(Conn accepted, Duration silence) throws IOException {
    Heartbeat heartbeat =
        Heartbeat.of(silence, silence.dividedBy(3), 3, c -> c.write("PING\n".getBytes(US_ASCII)));
    Conn conn = heartbeat.over(accepted);
    FrameReader in = Lines.upTo(1000).reader(conn);
    for (String line; (line = in.readString(US_ASCII)) != null; ) {
      if (!line.equals("PONG")) {
        conn.write((line + "!\n").getBytes(US_ASCII));
      }
    }
  }

  // end of example

  // example
  /** Reads a request of a known length; a client may be idle before it, but not slow within. */
  static byte[] request(Conn accepted, Duration idle, int length) throws IOException {
    Conn conn = MinRate.of(1000, Duration.ofSeconds(1)).over(accepted);
    conn.setReadTimeout(idle);
    conn.awaitReadable();
    byte[] request = new byte[length];
    conn.readFully(request); // StalledException below 1000 bytes in a second of waiting
    return request;
  }

  // end of example

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio has no user timeout")
  void aListenerHandsItsSettingsOn() throws Exception {
    try (Listener listener = listen("127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      client.write(new byte[1]);
      server.readFully(new byte[1]);
      PeerLoss loss = PeerLoss.of((TcpConn) server);
      assertEquals(Duration.ofSeconds(30), loss.idle());
      assertEquals(Duration.ofSeconds(30), loss.inFlight());
    }
  }

  @Test
  void aClientThatAnswersPingsIsServedAndOneThatStopsIsNot() throws Exception {
    Job<?> server = crew.start("server", () -> serve(pipe.first(), Duration.ofMillis(150)));
    byte[] buf = new byte[5];
    for (int i = 0; i < 3; i++) {
      pipe.second().readFully(buf);
      assertEquals("PING\n", new String(buf, US_ASCII));
      pipe.second().write("PONG\n".getBytes(US_ASCII));
    }
    assertEquals(PeerLostException.class, assertThrows(Exception.class, server::result).getClass());
  }

  @Test
  void aClientMayBeIdleForAsLongAsItsTimeoutAndThenHasToBeQuick() throws Exception {
    assertThrows(NetTimeoutException.class, () -> request(pipe.first(), Duration.ofMillis(50), 10));
    crew.start("client", () -> pipe.second().write(new byte[10]));
    assertEquals(10, request(pipe.first(), Duration.ofSeconds(10), 10).length);
    crew.start("slow client", () -> pipe.second().write(new byte[10]));
    assertThrows(StalledException.class, () -> request(pipe.first(), Duration.ofSeconds(10), 2000));
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(LivenessGuideTest.class, 3);
  }
}
