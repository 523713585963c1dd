package gonet.examples;

import gonet.Conn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Says who connects, reads all there is until the other side has ended its stream, and prints its
 * length and text: Go's first server in many a tutorial.
 *
 * <p>Argument: the {@link Place} to listen on, {@code 0.0.0.0:7099} by default. Try it with {@code
 * echo hello | nc -N localhost 7099}; Ctrl-C stops it.
 */
public final class Receive {

  /** A stranger may send without end; the memory has one. */
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private Receive() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    Program.serve("receive", args, Receive::receive);
  }

  private static void receive(Conn conn) throws IOException {
    System.out.println(conn.remoteAddr() + " connected");
    byte[] all = conn.readAll(MAX_BYTES);
    String text = new String(all, StandardCharsets.UTF_8);
    System.out.println(conn.remoteAddr() + " sent " + all.length + " bytes: " + text);
  }
}
