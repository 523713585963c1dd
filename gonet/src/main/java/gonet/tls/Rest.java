package gonet.tls;

import gonet.Net;
import gonet.TimeLimit;
import gonet.internal.layer.ThreadlessWait;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends what a write that was cut off has left, while a reader waits: the other side may have
 * nothing to say before it has the record as a whole. The reader waits for the other direction and
 * cannot send, and the writer is gone. So a thread does it that there is in this state alone:
 *
 * <pre>
 *   none --begin--> sending, in short turns --all is sent, no reader, a failure--> none
 * </pre>
 *
 * <p>It begins when a reader waits and something is left: the reader says so and then looks at what
 * is left, and whoever leaves something looks whether a reader waits. So one of the two begins it.
 *
 * <p>A server that waits for requests without a thread is such a reader: {@link #waitBegins}.
 *
 * <p>It holds the write turn for a moment at a time, so it holds up neither writers nor a close.
 */
final class Rest implements Net.Task, ThreadlessWait {

  /** How long a writer or a close may have to wait for the turn. */
  private static final Duration TURN = Duration.ofMillis(100);

  /** Between two turns at most: a past write deadline ends each of them at once. */
  private static final long MAX_PAUSE_MILLIS = 50;

  private final TlsConn conn;
  private final AtomicBoolean running = new AtomicBoolean();

  /** It has the write turn, or is about to try for it. */
  private volatile boolean sending;

  Rest(TlsConn conn) {
    this.conn = conn;
  }

  /** Whether the write turn may be this thread's, and no writer's. */
  boolean isSending() {
    return sending;
  }

  @Override
  public void waitBegins() {
    ThreadlessWait further = conn.beneath().find(ThreadlessWait.class); // TLS over TLS
    if (further != null) {
      further.waitBegins();
    }
    conn.waitsAlone();
  }

  /** Starts the thread, if there is none. */
  void begin() {
    if (running.compareAndSet(false, true)) {
      boolean started = false;
      try {
        var _ = Net.go("gonet-tls-rest", this);
        started = true;
      } finally {
        if (!started) {
          running.set(false);
        }
      }
    }
  }

  @Override
  public void run() throws InterruptedException {
    boolean sendable = true;
    do {
      try {
        sendable = send();
      } finally {
        running.set(false);
      }
      // What came meanwhile found a thread that was about to end.
    } while (sendable && conn.hasRest() && running.compareAndSet(false, true));
  }

  /** False if it can never be sent. */
  private boolean send() throws InterruptedException {
    for (long pause = 1; conn.hasRest(); pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
      if (!sendSome()) {
        return false;
      }
      Thread.sleep(pause);
    }
    return true;
  }

  /** Says so before it looks whether the connection closes; the close looks the other way round. */
  private boolean sendSome() {
    sending = true;
    try {
      return !conn.hasRest() || conn.sendRest(TimeLimit.after(TURN));
    } finally {
      sending = false;
    }
  }
}
