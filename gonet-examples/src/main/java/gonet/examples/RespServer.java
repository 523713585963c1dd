package gonet.examples;

import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;

/**
 * Speaks the Redis protocol: the commands that redis-benchmark uses, over data in memory that is
 * lost at the end.
 *
 * <p>Arguments: the address to listen on, and an {@link AdminOption}. Try it with {@code redis-cli
 * -p PORT} or {@code redis-benchmark -p PORT}; Ctrl-C stops it.
 *
 * <p>Read next: {@link RespSession}.
 */
public final class RespServer {
  private RespServer() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    AdminOption admin = AdminOption.parse(args);
    if (admin.rest().size() != 1) {
      Program.fail("usage: RespServer LISTEN " + AdminOption.USAGE + "    (" + Place.USAGE + ")");
    }
    Keyspace keyspace = new Keyspace();
    Program.serve(
        "resp", admin.rest().getFirst(), admin, conn -> RespSession.serve(conn, keyspace));
  }
}
