package gonet;

import gonet.internal.backend.Errno;
import gonet.internal.flight.Flight;
import gonet.internal.poll.FD;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to connections, for {@link NetStats}, and reports it to flight recordings.
 * Thread-safe; nothing here happens per read or write that need not wait.
 */
final class Trace {
  static final LongAdder ACCEPTED = new LongAdder();
  static final LongAdder DIALED = new LongAdder();
  static final LongAdder DIAL_FAILURES = new LongAdder();
  static final LongAdder ADOPTED = new LongAdder();
  static final LongAdder CLOSED = new LongAdder();
  static final LongAdder DROPPED = new LongAdder();
  static final LongAdder DEADLINES = new LongAdder();

  private Trace() {}

  static void accepted(TcpListener listener, SocketConn conn) {
    conn.established();
    ACCEPTED.increment();
    if (Flight.accepts()) {
      Flight.accept(conn.fd.number(), listener.addr().toString(), conn.remoteAddr().toString());
    }
  }

  static void adopted(SocketConn conn) {
    conn.established();
    ADOPTED.increment();
  }

  /** A connection that came about and that no call had closed before. */
  static void closed(SocketConn conn, String reason) {
    CLOSED.increment();
    if (Flight.closes()) {
      int error = conn.fd.error();
      Flight.close(
          conn.fd.number(),
          conn.localAddr().toString(),
          conn.remoteAddr().toString(),
          reason,
          error == 0 ? null : Errno.name(error));
    }
  }

  /** Forgotten by the program, and closed by gonet. */
  static void dropped(FD fd, boolean connection, String what) {
    DROPPED.increment();
    if (connection) {
      CLOSED.increment();
    }
    if (Flight.drops()) {
      Flight.drop(fd.number(), what);
    }
  }

  static void deadline(OpFailure failure) {
    DEADLINES.increment();
    if (Flight.deadlines()) {
      Flight.deadline(failure.op(), failure.message(), failure.bytesTransferred());
    }
  }

  // ---- dial ------------------------------------------------------------------------------------

  /** Null if nobody records. */
  static @Nullable Object beginDial() {
    return Flight.dials() ? Flight.beginDial() : null;
  }

  static void dialed(@Nullable Object dial, String network, Object address, SocketConn conn) {
    conn.established();
    DIALED.increment();
    if (dial != null) {
      Flight.endDial(dial, conn.fd.number(), network, address.toString(), conn.toString(), null);
    }
  }

  static void dialFailed(@Nullable Object dial, String network, Object address, Throwable failure) {
    DIAL_FAILURES.increment();
    if (dial != null) {
      Flight.endDial(dial, -1, network, address.toString(), null, failure.toString());
    }
  }
}
