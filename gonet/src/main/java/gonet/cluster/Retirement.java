package gonet.cluster;

import gonet.Conn;
import gonet.NetSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * The last act of a process whose successor serves: it ends what it still has, and may give
 * connections away. {@link HandOver#ready}.
 *
 * <p>Threads: any; connections go one after the other.
 *
 * @since 0.1
 */
public final class Retirement {
  private final PacketLink link;
  private final long successor;

  /** An answer did not come. Guarded by the link's monitor. */
  private boolean ended;

  Retirement(PacketLink link, long successor) {
    this.link = link;
    this.successor = successor;
  }

  /** The process that serves now. */
  public long successor() {
    return successor;
  }

  /**
   * Gives an open connection to the successor, and closes it here, of which the peer sees nothing.
   * Waits until the successor has it. Whatever layers, buffers and frames stood over the connection
   * stay behind: {@code state} is all that the successor learns, so that bytes which were read and
   * not used belong into it. No other thread may use the connection meanwhile.
   *
   * @param conn one of gonet's sockets: {@code conn.find(NetSocket.class)} leads to it
   * @param state at most 64 KiB, in the program's own words
   * @throws IllegalArgumentException if the state is longer, or {@code conn} is no connection
   * @throws IOException if the successor did not take it, within ten seconds, or has none to take
   *     connections; it stays open here then, and this process may go on serving it. After a wait
   *     without an answer, or with an interrupt, no further one can be passed
   */
  public void pass(NetSocket conn, byte[] state) throws IOException {
    Objects.requireNonNull(conn, "conn");
    if (state.length > HandOverLink.MAX_STATE_BYTES) {
      throw new IllegalArgumentException(
          "state of " + state.length + " bytes, above " + HandOverLink.MAX_STATE_BYTES);
    }
    if (!(conn instanceof Conn open)) {
      throw new IllegalArgumentException("not a connection: " + conn);
    }
    synchronized (link) {
      if (ended) {
        throw new IOException(
            "the successor, process " + successor + ", did not answer an earlier time");
      }
      link.setTimeout(HandOver.ANSWER_LIMIT);
      link.send(HandOverLink.CONN, state, conn);
      try (PacketLink.Message answer = answer()) {
        if (!answer.kind().equals(HandOverLink.TAKEN)) {
          throw new IOException(
              "the successor, process " + successor + ", did not take it: " + answer.rest());
        }
      }
    }
    open.close();
  }

  /**
   * Without an answer in time the link ends, and with it what the successor may still say: it would
   * take the connection after all, and the next one would have its answer.
   */
  private PacketLink.Message answer() throws IOException {
    boolean answered = false;
    try {
      PacketLink.Message answer = link.receiveDecision();
      if (answer == null) {
        throw new IOException("the successor, process " + successor + ", has left");
      }
      answered = !link.isCutOff();
      return answer;
    } finally {
      if (!answered) {
        ended = true;
        link.close();
      }
    }
  }

  void done(Duration limit) throws IOException {
    synchronized (link) {
      if (ended) {
        return;
      }
      link.setTimeout(limit);
      link.send(HandOverLink.DONE);
    }
  }
}
