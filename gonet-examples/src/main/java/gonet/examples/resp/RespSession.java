package gonet.examples.resp;

import gonet.server.ServerConn;
import java.io.IOException;
import java.time.Duration;

/**
 * One client's connection. All requests that one read brought are carried out in one go, under the
 * lock taken once, and their replies leave in one write: so a pipeline of 64 requests costs two
 * system calls, and the lock is never held while a slow client is waited for.
 */
public final class RespSession {

  /** How long a client has to read the last words before the connection closes. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final ServerConn conn;
  private final Keyspace keyspace;
  private final RequestReader in = new RequestReader();
  private final Replies out = new Replies();

  private RespSession(ServerConn conn, Keyspace keyspace) {
    this.conn = conn;
    this.keyspace = keyspace;
  }

  /** Serves a client until it leaves, breaks the protocol, or the server ends. */
  public static void serve(ServerConn conn, Keyspace keyspace) throws IOException {
    new RespSession(conn, keyspace).serve();
  }

  private void serve() throws IOException {
    try {
      while ((in.holdsPart() || conn.awaitRequest()) && in.fill(conn)) {
        while (runBatch()) {
          out.flush(conn);
        }
        out.flush(conn);
      }
      return;
    } catch (ProtocolException e) {
      out.error("ERR Protocol error: " + e.getMessage());
    } catch (QuitException e) {
      // What it has to say is among the replies.
    }
    out.flush(conn);
    // A plain close with requests unread would reset the connection, and the reply with it.
    boolean _ = conn.closeGracefully(FAREWELL);
  }

  /**
   * Carries out the requests that have arrived whole.
   *
   * @return true if there may be more of them, behind replies that have to leave first
   */
  private boolean runBatch() throws ProtocolException, QuitException {
    keyspace.lock();
    try {
      while (in.next()) {
        CommandTable.run(in, keyspace, out);
        if (out.mustFlush()) {
          return true;
        }
      }
      return false;
    } finally {
      keyspace.unlock();
    }
  }
}
