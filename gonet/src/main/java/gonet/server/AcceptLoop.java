package gonet.server;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.Listener;
import gonet.NetFailure;
import gonet.internal.layer.AcceptQueue;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Accepts from one listener of a server, on a virtual thread. At a shutdown it takes what stands in
 * the queue and closes the listener right after it found the queue empty: what the kernel completes
 * in between is reset (Go issue 19556 tells why nobody can do better without handing the listener
 * over).
 */
final class AcceptLoop {
  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  /** How long the queue of a listener that cannot be asked must be silent to count as empty. */
  private static final Duration QUEUE_SILENCE = Duration.ofMillis(20);

  private final Server server;
  private final Listener listener;
  private final List<ConnLayer> layers;

  /** Null for a listener that has none, or that is a layer itself. */
  private final @Nullable AcceptQueue<?> queue;

  private final Thread thread;

  /** Set by {@link #drain}, before it ends the accept in progress. */
  private volatile boolean draining;

  /** The queue is being emptied, under no deadline. Guarded by the monitor. */
  private boolean taking;

  /** Made before memory can be short. */
  private final BooleanSupplier drained = this::isDraining;

  AcceptLoop(Server server, Listener listener, List<ConnLayer> layers) {
    this.server = server;
    this.listener = listener;
    this.layers = layers;
    this.queue = listener.beneath() == null ? listener.find(AcceptQueue.class) : null;
    this.thread = server.unstarted(server.name() + "-accept " + listener.addr(), this::run);
  }

  Listener listener() {
    return listener;
  }

  void start() {
    server.registry().accepting(1);
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        server.registry().accepting(-1);
      }
    }
  }

  /** Takes what stands in the queue, then closes the listener; does not wait for that. */
  void drain() {
    draining = true;
    synchronized (this) {
      if (!taking) {
        try {
          listener.setDeadline(Instant.EPOCH);
        } catch (IOException closed) {
          // So there is no queue either.
        }
      }
    }
    server.registry().lookAgain();
  }

  private boolean isDraining() {
    return draining;
  }

  private void run() {
    try {
      acceptAll();
      if (!listener.isClosed()) {
        takeQueue();
      }
    } catch (ClosedChannelException e) {
      // The way it ends when there is no time left.
    } catch (Throwable t) {
      // Such as EINVAL, when an administrator ended the listening: no further accept can succeed.
      server.log().failure("at listener " + listener.addr() + ", which is closed now", t);
    } finally {
      try {
        listener.close();
      } catch (Throwable t) {
        server.log().failure("closing listener " + listener.addr(), t);
      } finally {
        server.registry().accepting(-1);
        server.listenerGone();
      }
    }
  }

  /**
   * No Error ends it, whichever step meets one: a listener is closed at the end. Want of memory
   * comes in many forms, such as a call site that could not be linked.
   */
  private void acceptAll() throws IOException {
    for (; ; ) {
      try {
        if (!server.registry().awaitRoom(drained) || draining) {
          return;
        }
        acceptOne();
      } catch (Error e) {
        failed(e);
      }
    }
  }

  private void acceptOne() throws IOException {
    try {
      begin(queue != null ? (Conn) queue.accept() : listener.accept());
    } catch (SocketTimeoutException e) {
      // By drain, or by a user who kept the listener. A drain that comes only now sets draining
      // and then the deadline anew, so one of the two is seen.
      listener.setDeadline(null);
    } catch (InterruptedIOException e) {
      var _ = Thread.interrupted(); // not ours, and it would end every wait from here on
    } catch (IOException e) {
      if (!(e instanceof NetFailure failure && failure.temporary())) {
        throw e;
      }
      failed(e); // such as no thread for the poller
    }
  }

  private void failed(Throwable t) {
    try {
      server.log().failure("accepting", t);
    } catch (Error e) {
      // Then nobody is told.
    }
    pause();
  }

  private void pause() {
    Pause.afterFailure(FAILURE_PAUSE_NANOS);
  }

  private void takeQueue() throws IOException {
    synchronized (this) {
      taking = true; // a drain that comes only now has no accept to end, and must not end this
      listener.setDeadline(null);
    }
    // Without waiting for room: while a full server has nobody queued, its listener is to close.
    for (Conn next = queued(); next != null; next = queued()) {
      begin(next);
    }
  }

  private @Nullable Conn queued() throws IOException {
    if (queue != null) {
      return (Conn) queue.acceptQueued();
    }
    listener.setTimeout(QUEUE_SILENCE);
    try {
      return listener.accept();
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  private void begin(Conn conn) {
    try {
      server.accepted(conn, layers);
    } catch (Throwable t) { // such as want of memory for its thread
      closeSurely(conn);
      server.log().failure("beginning with " + conn, t);
    }
  }

  /** Nobody else knows the connection. While memory is short no other could be accepted either. */
  private void closeSurely(Conn conn) {
    for (; ; ) {
      try {
        conn.close();
        return;
      } catch (OutOfMemoryError e) {
        pause();
      }
    }
  }
}
