package gonet.test.go;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

/** Reads a stream that never ends, under deadlines from a nanosecond to a second. */
final class VariousDeadlines {

  /** How late a timeout may come on a busy machine. */
  private static final Duration LATE = Duration.ofSeconds(5);

  private static final List<Duration> SPANS =
      LongStream.of(
              1,
              2,
              5,
              50,
              100,
              500, // ns: over before the call
              1_000,
              5_000,
              10_000,
              50_000,
              100_000,
              500_000, // around the length of a call
              1_000_000,
              5_000_000,
              10_000_000,
              50_000_000,
              100_000_000,
              250_000_000, // in a wait
              1_000_000_000)
          .mapToObj(Duration::ofNanos)
          .toList();

  private VariousDeadlines() {}

  /** A program, to be run with any number of carriers; prints a line for each span. */
  static void main() throws Exception {
    for (Duration span : SPANS) {
      run(Callers.VIRTUAL, span);
      System.out.println("timed out after " + span);
    }
  }

  static List<Duration> spans() {
    return SPANS;
  }

  /** Throws unless the reads go well until the deadline and end with it. */
  static void run(Callers callers, Duration span) throws Exception {
    Crew crew = new Crew(callers);
    try (Listener listener = Net.listen("tcp", BothCallers.LOOPBACK)) {
      Job<Void> server = crew.start("server", () -> flood(listener));
      long start = System.nanoTime();
      try (Conn conn = Net.dial("tcp", listener.addr().toString())) {
        Instant deadline = Instant.now().plus(span);
        conn.setReadDeadline(deadline);
        byte[] buf = new byte[4096];
        while (conn.read(buf) > 0) {
          // until the deadline
        }
        throw new AssertionError("the stream ended before " + span);
      } catch (NetTimeoutException e) {
        long took = System.nanoTime() - start;
        if (took < span.toNanos() * 999 / 1000 || took > span.plus(LATE).toNanos()) {
          throw new AssertionError("timed out after " + took + " ns instead of " + span, e);
        }
      }
      server.result();
    } finally {
      crew.end();
    }
  }

  /** Writes until the other side closes. */
  private static void flood(Listener listener) throws IOException {
    try (Conn conn = listener.accept()) {
      byte[] zeros = new byte[4096];
      while (true) {
        conn.write(zeros);
      }
    } catch (IOException e) {
      if (!NetFailure.isConnectionGone(e)) {
        throw e;
      }
    }
  }
}
