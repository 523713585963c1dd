package gonet.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.frame.FrameReader;
import gonet.frame.FrameTooLongException;
import gonet.frame.Lines;
import gonet.live.Heartbeat;
import gonet.live.PeerLostException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/** Somebody in the chat: a connection, a name and a room. */
public final class Member {

  /** Nothing that could pass for something else on other people's screens. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,20}");

  /**
   * Control characters, those beyond ASCII too: U+009B begins an escape sequence as ESC [ does.
   * Line separators, and what turns the direction of writing and outlives its line.
   */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{gc=Cc}\\u2028-\\u202e\\u2066-\\u2069]");

  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Conn conn;
  private final Lobby lobby;
  private final Manners manners;

  /** Single bytes are signs of life, too, but no conversation. */
  private final Duration lineTime;

  private final Outbox outbox;
  private final FrameReader lines;

  /** Guarded by the lobby's lock. */
  String name = "";

  /** Guarded by the lobby's lock. */
  String room = "";

  /** Set by whoever finds that it reads too slowly. */
  private volatile boolean dropped;

  private Member(Conn conn, Lobby lobby, Manners manners) {
    // Keepalive by the kernel would find a dead machine, but not a program that hangs.
    Heartbeat heartbeat =
        Heartbeat.of(
            manners.silence(),
            manners.silence(),
            manners.probes(),
            _ -> tell("* are you there? say /pong"));
    this.conn = heartbeat.over(conn);
    this.lineTime = heartbeat.detectionTime().multipliedBy(2);
    this.lobby = lobby;
    this.manners = manners;
    this.outbox = new Outbox(manners.behindBytes());
    this.lines = Lines.upTo(manners.lineBytes()).reader(this.conn);
  }

  /** Serves a member until it leaves, is gone, or has fallen behind. */
  public static void serve(Conn conn, Lobby lobby, Manners manners)
      throws IOException, InterruptedException {
    new Member(conn, lobby, manners).serve();
  }

  private void serve() throws IOException, InterruptedException {
    conn.setWriteTimeout(manners.stall());
    Thread writer = Net.go(this::write);
    lobby.enter(this);
    String why = "";
    try {
      why = listen();
    } catch (FrameTooLongException e) {
      why = " (line too long)";
      tell("*" + why);
    } catch (PeerLostException | NetTimeoutException e) {
      why = " (silent for too long)";
    } catch (IOException e) {
      why = dropped ? " (too slow)" : " (connection lost)";
    } finally {
      lobby.leave(this, why);
      outbox.close();
      writer.join();
    }
    boolean _ = conn.closeGracefully(FAREWELL);
  }

  // ---- from the member -------------------------------------------------------------------------

  /**
   * Takes lines until the last one.
   *
   * @return why it was the last, for the others
   */
  private String listen() throws IOException {
    for (; ; ) {
      conn.setReadDeadline(Instant.now().plus(lineTime));
      String line = lines.readString(UTF_8);
      if (line == null) {
        return "";
      }
      String text = CONTROL.matcher(line).replaceAll("?").strip();
      String[] words = text.split(" ", 2);
      String argument = words.length > 1 ? words[1].strip() : "";
      switch (words[0]) {
        case "", "/pong" -> {
          // A sign of life.
        }
        case "/quit" -> {
          tell("* goodbye");
          return "";
        }
        case "/name" -> {
          if (isName(argument)) {
            lobby.rename(this, argument);
          }
        }
        case "/join" -> {
          if (isName(argument)) {
            lobby.join(this, argument);
          }
        }
        case "/who" -> lobby.who(this);
        default -> {
          if (text.startsWith("/")) {
            tell("* there is no " + words[0]);
          } else {
            lobby.say(this, text);
          }
        }
      }
    }
  }

  private boolean isName(String word) {
    boolean good = NAME.matcher(word).matches();
    if (!good) {
      tell("* a name has 1 to 20 of A-Z a-z 0-9 _ -");
    }
    return good;
  }

  // ---- to the member ---------------------------------------------------------------------------

  void tell(String line) {
    tell(line.getBytes(UTF_8));
  }

  /** Never waits. A member that cannot keep up is cut off, and its reader finds that out. */
  void tell(byte[] line) {
    if (!outbox.add(line) && !dropped) {
      dropped = true;
      // Not here: a close may wait, and the lobby's lock may be held.
      var _ = Net.go(conn::abort);
    }
  }

  private void write() throws InterruptedException {
    try {
      outbox.drain(conn);
    } catch (IOException e) {
      // Stalled or gone; the reader is to hear of it.
      dropped |= e instanceof NetTimeoutException;
      outbox.close();
      conn.abort();
    }
  }
}
