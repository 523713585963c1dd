package gonet.examples;

import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;

/**
 * Speaks the Redis protocol: the commands that redis-benchmark uses, over data in memory that is
 * lost at the end.
 *
 * <p>Argument: the address to listen on. Try it with {@code redis-cli -p PORT} or {@code
 * redis-benchmark -p PORT}; Ctrl-C stops it.
 *
 * <p>Read next: {@link RespSession}.
 */
public final class RespServer {
  private RespServer() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    if (args.length != 1) {
      Program.fail("usage: RespServer LISTEN    (" + Place.USAGE + ")");
    }
    Keyspace keyspace = new Keyspace();
    Program.serve("resp", args[0], conn -> RespSession.serve(conn, keyspace));
  }
}
