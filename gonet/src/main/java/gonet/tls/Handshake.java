package gonet.tls;

import gonet.TimeLimit;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a handshake, by whoever owns both turns of the connection. A caller whose time is
 * over leaves it where it stands, and the next caller goes on there.
 *
 * <pre>
 *                 +-------------------------------+
 *                 v                               |
 *   NEED_UNWRAP: send what is there, read, unwrap |
 *        |  ^  \                                  |
 *        |  |   NEED_TASK: run it here -----------+
 *        v  |
 *   NEED_WRAP: make records, send none yet
 *        |
 *        v
 *   finished: send what is there
 * </pre>
 *
 * <p>Records are sent before a read alone, so that a flight goes out as one.
 */
final class Handshake {
  private final SSLEngine engine;
  private final RecordInput in;
  private final RecordOutput out;

  /** When it began, as {@link System#currentTimeMillis} tells; 0 before. */
  private long began;

  private boolean finished;

  Handshake(SSLEngine engine, RecordInput in, RecordOutput out) {
    this.engine = engine;
    this.in = in;
    this.out = out;
  }

  /** When it began, by the clock that sessions tell their age by. */
  long began() {
    return began;
  }

  /**
   * Goes on to the end.
   *
   * @return false if the stream beneath has ended before
   * @throws SSLException what the engine says; the alert that it makes of that is not sent yet
   * @throws IOException of the connection beneath
   */
  boolean run(@Nullable TimeLimit limit) throws IOException {
    if (began == 0) {
      engine.beginHandshake();
      began = System.currentTimeMillis();
    }
    while (!finished) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks(engine);
      } else if (status == HandshakeStatus.NEED_WRAP) {
        if (hasTicketsAlone()) {
          finished = true;
        } else {
          note(out.wrapHandshake());
        }
      } else if (status == HandshakeStatus.NOT_HANDSHAKING) {
        finished = true;
      } else if (!unwrapNext(limit)) {
        return false;
      }
    }
    out.flush(limit);
    return true;
  }

  /**
   * Whether the client of a server has finished. JSSE goes on to the tickets before it says so; but
   * a client that has no use for them, and writes first, may never read them.
   */
  private boolean hasTicketsAlone() {
    return !engine.getUseClientMode()
        && engine.getSession().getProtocol().equals(TlsVersion.TLS_1_3.toString())
        && engine.getHandshakeSession() == null;
  }

  private boolean unwrapNext(@Nullable TimeLimit limit) throws IOException {
    out.flush(limit);
    int record = in.recordBytes();
    while (record == 0) {
      if (!in.fill(limit)) {
        return false;
      }
      record = in.recordBytes();
    }
    note(in.unwrap(record, null));
    return true;
  }

  private void note(SSLEngineResult result) throws SSLException {
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      finished = true;
    } else if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new SSLException("(close_notify) the other side ended the handshake");
    }
  }

  /** On this thread: it waits for them, and a virtual one may be many. */
  static void runTasks(SSLEngine engine) {
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
      task.run();
    }
  }
}
