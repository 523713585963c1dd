package gonet.examples;

import gonet.Conn;
import java.io.IOException;

/**
 * Sends back what it gets. One virtual thread for each connection, in the plainest style: read,
 * write, until the other side has ended its stream.
 *
 * <p>Argument: the address to listen on, {@code 0.0.0.0:7099} by default. Try it with {@code nc
 * localhost 7099}; Ctrl-C stops it.
 */
public final class Echo {
  private static final int BUFFER_BYTES = 16 * 1024;

  private Echo() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    Program.serve("echo", args, Echo::echo);
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[BUFFER_BYTES];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }
}
