package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.frame.FrameReader;
import gonet.frame.FrameTooLongException;
import gonet.frame.Lines;
import gonet.frame.TooLong;
import java.io.IOException;

/**
 * Numbers the lines it gets and sends them back. Reading lines looks easy, and a {@code read_line}
 * written by hand, as many books have it, has one or several of these faults. {@link Lines} has
 * none:
 *
 * <pre>
 *   fault of the hand-made one                        here
 *   1 its pointer stays: each byte lands on the first  the reader appends
 *   2 one buffer for all connections                   a reader belongs to one connection
 *   3 an unsigned result: -1 is a very long line       an exception is no number
 *   4 length 0: a loop without end, a byte before [0]  a limit below 1 is refused
 *   5 after an error the text has no end               after an exception there is no text
 *   6 a line without its end, or cut off, is lost      it counts, or the next call goes on with it
 *   7 a signal (EINTR) ends it                         the system call is made again
 *   8 the end of the stream reads as an empty line     null is the end, "" an empty line
 * </pre>
 *
 * <p>Argument: the address to listen on, {@code 0.0.0.0:7099} by default.
 */
public final class ReadLine {
  private static final int LONGEST = 1024;

  private ReadLine() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Listener listener = Net.listen("tcp", args.length == 0 ? "0.0.0.0:7099" : args[0]);
    System.out.println("listens on " + listener.addr());
    serve(listener);
  }

  /** Serves until the listener is closed. */
  public static void serve(Listener listener) throws IOException {
    while (true) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              number(conn);
            }
          });
    }
  }

  private static void number(Conn conn) throws IOException {
    // A last line without its end counts; one that is too long is skipped, and the next one read.
    FrameReader lines = Lines.upTo(LONGEST).withOpenEnd(true).reader(conn, TooLong.SKIP);
    for (int number = 1; ; number++) {
      String answer;
      try {
        String line = lines.readString(UTF_8);
        if (line == null) {
          return;
        }
        answer = line;
      } catch (FrameTooLongException e) {
        answer = "(longer than " + e.maxBytes() + ")";
      }
      conn.write((number + " " + answer + "\n").getBytes(UTF_8));
    }
  }
}
