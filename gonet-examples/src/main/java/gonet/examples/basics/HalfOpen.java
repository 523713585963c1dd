package gonet.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * A request without a length: it ends where the client ends its direction ({@code closeWrite}, FIN
 * on the wire). The other direction is still open, and the answer goes that way. What comes is
 * summed up as it comes, so a request may be as long as it likes.
 *
 * <p>Argument: the address to listen on, {@code 0.0.0.0:7099} by default. Try it with {@code nc -N
 * localhost 7099 < FILE}, which half-closes at the end of the file, or with {@link Client}.
 */
public final class HalfOpen {
  /** A client that sends nothing for so long has lost interest, or its machine its power. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private HalfOpen() {}

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
              sum(conn);
            }
          });
    }
  }

  private static void sum(Conn conn) throws IOException {
    conn.setReadTimeout(SILENCE);
    CRC32 crc = new CRC32();
    long length = 0;
    byte[] buf = new byte[16 * 1024];
    for (int n; (n = conn.read(buf)) >= 0; length += n) {
      crc.update(buf, 0, n);
    }
    // The end of the stream, and no timeout or reset: those throw. So the request is whole.
    String answer = length + " bytes, CRC-32 " + HexFormat.of().toHexDigits((int) crc.getValue());
    conn.write((answer + "\n").getBytes(UTF_8));
  }
}
