package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.live.Heartbeat;
import gonet.live.PeerLostException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Both sides of a heartbeat. The server asks a silent client, {@code ping}; the client answers,
 * {@code pong}. A client that is gone, or whose program hangs, does not answer, and after three
 * pings the server knows: its read throws. Whatever else a client says is a sign of life as well.
 *
 * <p>Arguments: {@code server ADDRESS} or {@code client ADDRESS}. Stop the client with Ctrl-Z,
 * which keeps its kernel alive and well, and see the server notice.
 */
public final class PingPong {
  private static final Lines LINES = Lines.upTo(100);
  private static final byte[] PING = "ping\n".getBytes(UTF_8);
  private static final byte[] PONG = "pong\n".getBytes(UTF_8);

  private static final Heartbeat HEARTBEAT =
      Heartbeat.of(Duration.ofSeconds(2), Duration.ofSeconds(1), 3, conn -> conn.write(PING));

  private PingPong() {}

  /** Plays one of the two until the process, or the server, ends. */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("client")) {
      answer(Net.dial("tcp", args[1]));
    } else {
      Listener listener = Net.listen("tcp", args[1]);
      System.out.println("listens on " + listener.addr());
      serve(listener, HEARTBEAT, System.out::println);
    }
  }

  /** Serves until the listener is closed; says what clients say, and who is lost. */
  public static void serve(Listener listener, Heartbeat heartbeat, Consumer<String> news)
      throws IOException {
    while (true) {
      Conn accepted = listener.accept();
      Net.go(
          () -> {
            try (Conn conn = heartbeat.over(accepted)) {
              listen(conn, news);
            } catch (PeerLostException e) {
              news.accept("lost " + accepted.remoteAddr()); // aborted: no need to say goodbye
            }
          });
    }
  }

  private static void listen(Conn conn, Consumer<String> news) throws IOException {
    FrameReader lines = LINES.reader(conn);
    for (String line; (line = lines.readString(UTF_8)) != null; ) {
      if (!line.equals("pong")) {
        news.accept(line);
      }
    }
  }

  /** Answers until the server ends the stream. */
  public static void answer(Conn dialled) throws IOException {
    try (Conn conn = dialled) {
      FrameReader lines = LINES.reader(conn);
      for (String line; (line = lines.readString(UTF_8)) != null; ) {
        if (line.equals("ping")) {
          conn.write(PONG);
        }
      }
    }
  }
}
