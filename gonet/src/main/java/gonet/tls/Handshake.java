package gonet.tls;

import gonet.NetTimeoutException;
import gonet.TimeLimit;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a handshake, by whoever owns both turns of the connection. A caller whose time is
 * over leaves it where it stands, and the next caller goes on there.
 *
 * <pre>
 *                 +-------------------------------+
 *                 v                               |
 *   NEED_UNWRAP: unwrap; send and read before     |
 *        |  ^  \                                  |
 *        |  |   NEED_TASK: run it here -----------+
 *        v  |
 *   NEED_WRAP: make records, send none yet
 *        |
 *        v
 *   finished: send what is there
 * </pre>
 *
 * <p>Records are sent before a read alone, when nothing is there to unwrap, so that a flight goes
 * out as one.
 */
final class Handshake {
  /** The one whose steps this thread runs, for {@link #serverSeen} and {@link #chose}. */
  private static final ScopedValue<Handshake> RUNNING = ScopedValue.newInstance();

  private final TlsConn conn;
  private final TlsConfig config;
  private final SSLEngine engine;
  private final RecordInput in;
  private final RecordOutput out;

  /** Whether this is a client whose trust manager is gonet's, which calls {@link #serverSeen}. */
  private final boolean hearsOfServer;

  /** Whether its tasks wait for nobody, so that they may have others wait: {@link Computing}. */
  private final boolean computesAlone;

  /** Its own; set when it begins. */
  private @Nullable TimeLimit ownLimit;

  /** The key pair of this side, when it is known. */
  private @Nullable TlsKeyPair chosen;

  private boolean begun;
  private boolean finished;

  /** Whether there is a session, old or new. */
  private boolean decided;

  /** Whether the session is new. */
  private boolean full;

  /** Of one connection. */
  Handshake(TlsConn conn, TlsConfig config, SSLEngine engine, RecordInput in, RecordOutput out) {
    this.conn = conn;
    this.config = config;
    this.engine = engine;
    this.in = in;
    this.out = out;
    this.hearsOfServer = config.hasOwnTrust() && engine.getUseClientMode();
    this.computesAlone = !engine.getUseClientMode() && config.computesAlone();
  }

  /**
   * A server's certificate is looked at: in a handshake that resumes nothing, and in no other. On
   * the thread that runs the step, as {@link #runTasks} does.
   */
  static void serverSeen() {
    if (RUNNING.isBound()) {
      RUNNING.get().full = true;
    }
  }

  /**
   * Goes on to the end.
   *
   * @param limit the caller's, beside its own; null for none
   * @return what both sides have agreed on
   * @throws TlsException if there is none: the last word
   * @throws IOException of the connection beneath; the next call goes on
   */
  TlsInfo complete(@Nullable TimeLimit limit) throws IOException {
    TimeLimit own = ownLimit;
    if (own == null) {
      own = TimeLimit.after(config.handshakeTimeout());
      ownLimit = own;
    }
    try {
      if (!run(TimeLimit.earlier(own, limit))) {
        throw TlsFailures.truncated("handshake", conn);
      }
      TlsInfo agreed = TlsInfos.of(engine, !full); // JSSE does not say whether it took up a session
      config.requireName(conn, engine, agreed);
      var _ = out.wrapControl(); // tickets, which go out with whatever is next
      return agreed;
    } catch (TlsException e) {
      throw e;
    } catch (SSLException e) {
      throw refusal(e);
    } catch (SocketTimeoutException e) {
      boolean ours = e instanceof NetTimeoutException net ? net.limit() == own : own.isOver();
      throw ours ? TlsFailures.timeout(conn, config.handshakeTimeout()) : e;
    } catch (RuntimeException e) { // of a trust manager or a key manager
      throw refusal(e);
    }
  }

  /** Tells the other side why, if it takes that soon. */
  private TlsException refusal(Exception e) {
    TlsException refusal = TlsFailures.of("handshake", conn, e);
    try {
      var _ = out.wrapControl();
      out.flush(TimeLimit.after(TlsConn.GOODBYE));
    } catch (IOException | RuntimeException ignored) {
      // There is something worse to tell.
    }
    return refusal;
  }

  /**
   * The steps.
   *
   * @return false if the stream beneath has ended before
   * @throws SSLException what the engine says; the alert that it makes of that is not sent yet
   */
  private boolean run(@Nullable TimeLimit limit) throws IOException {
    return ScopedValue.where(RUNNING, this).call(new Steps(this, limit));
  }

  /** No lambda: one that is linked at the end of a stack stays broken. */
  private record Steps(Handshake handshake, @Nullable TimeLimit limit)
      implements ScopedValue.CallableOp<Boolean, IOException> {
    @Override
    public Boolean call() throws IOException {
      return handshake.steps(limit);
    }
  }

  /** The key pair of the handshake that this thread runs. */
  static void chose(TlsKeyPair pair) {
    if (RUNNING.isBound()) {
      RUNNING.get().chosen = pair;
    }
  }

  /** What it was; null for none. */
  static @Nullable TlsKeyPair chosen() {
    return RUNNING.isBound() ? RUNNING.get().chosen : null;
  }

  private boolean steps(@Nullable TimeLimit limit) throws IOException {
    if (!begun) {
      engine.beginHandshake();
      begun = true;
    }
    while (!finished) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        runStep();
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

  /** Where most of the work is: the key exchange and the signature. */
  private void runStep() {
    ReentrantLock turn = computesAlone ? Computing.begin() : null;
    try {
      long before = System.currentTimeMillis();
      runTasks(engine);
      lookAtSession(before);
    } finally {
      if (turn != null) {
        turn.unlock();
      }
    }
  }

  private boolean unwrapNext(@Nullable TimeLimit limit) throws IOException {
    int record = in.recordBytes();
    while (record == 0) {
      out.flush(limit);
      if (!in.fill(limit)) {
        return false;
      }
      record = in.recordBytes();
    }
    long before = System.currentTimeMillis();
    note(in.unwrap(record, null));
    lookAtSession(before);
    return true;
  }

  /**
   * Elsewhere nobody says so, but a session tells the millisecond when it was made. One that was
   * made in the step in which it came up is new: however the wall clock is moved, no step between
   * two sessions reads as the same. A server's session tells the engine as well that it was made
   * for, by the number of {@link TlsConfig#engine}.
   */
  private void lookAtSession(long before) {
    SSLSession session = decided || hearsOfServer ? null : engine.getHandshakeSession();
    if (session != null) {
      decided = true;
      long made = session.getCreationTime();
      full =
          made >= before
              && made <= System.currentTimeMillis()
              && session.getPeerPort() == engine.getPeerPort();
    }
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
