package gonet.examples;

import gonet.Conn;
import java.io.IOException;

/**
 * Sends back what it gets. One virtual thread for each connection, in the plainest style: read,
 * write, until the other side has ended its stream.
 *
 * <p>Arguments: the {@link Place} to listen on, {@code 0.0.0.0:7099} by default, a {@link
 * TlsOption}, a {@link HandOverOption} and an {@link AdminOption}. Try it with {@code nc localhost
 * 7099}; with {@code unix:/tmp/echo.sock} and {@code nc -U /tmp/echo.sock}; with {@code --tls
 * cert.pem key.pem} and {@code openssl s_client -connect localhost:7099}; Ctrl-C stops it. Over
 * {@code unixpacket} a message comes back as one message.
 */
public final class Echo {
  private static final int BUFFER_BYTES = 16 * 1024;

  /** What does not fit into the buffer of a message is lost; the kernel bounds them below this. */
  private static final int MESSAGE_BYTES = 512 * 1024;

  private Echo() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    Program.serve("echo", args, Echo::echo);
  }

  private static void echo(Conn conn) throws IOException {
    boolean messages = conn.remoteAddr().network().equals("unixpacket");
    byte[] buf = new byte[messages ? MESSAGE_BYTES : BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }
}
