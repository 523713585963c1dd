package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Dialer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Dials, sends a text, says that this was all, and reads the answer to its end. Nothing here can
 * wait for ever: the dial has a timeout, the rest a deadline.
 *
 * <p>Arguments: an address and a text. Try it against {@link ListenAcceptGo} or {@link HalfOpen}.
 */
public final class Client {
  private static final Duration TO_CONNECT = Duration.ofSeconds(3);
  private static final Duration TO_ANSWER = Duration.ofSeconds(10);

  /** A server may send without end. */
  private static final int LONGEST_ANSWER = 1024 * 1024;

  private Client() {}

  /** Prints the answer. */
  public static void main(String[] args) throws IOException {
    System.out.println(ask(args[0], args[1]));
  }

  /**
   * One question and its answer, over a connection of their own.
   *
   * @throws IOException if nobody listens there, if time runs out, if the connection breaks: the
   *     message names what was tried and with whom
   */
  public static String ask(String address, String question) throws IOException {
    try (Conn conn = Dialer.defaults().withTimeout(TO_CONNECT).dial("tcp", address)) {
      conn.setDeadline(Instant.now().plus(TO_ANSWER)); // for all calls together
      conn.write(question.getBytes(UTF_8));
      conn.closeWrite(); // the server's reads end; ours go on
      return new String(conn.readAll(LONGEST_ANSWER), UTF_8);
    }
  }
}
