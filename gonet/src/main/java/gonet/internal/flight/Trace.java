package gonet.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to connections, for {@code gonet.NetStats}, and reports it to flight
 * recordings. Addresses and connections come as objects, whose text is asked for only if somebody
 * records. Thread-safe; nothing here happens per read or write that need not wait.
 */
public final class Trace {
  public static final Count ACCEPTED = new Count();
  public static final Count DIALED = new Count();
  public static final Count DIAL_FAILURES = new Count();
  public static final Count ADOPTED = new Count();
  public static final Count CLOSED = new Count();
  public static final Count DROPPED = new Count();
  public static final Count DEADLINES = new Count();
  public static final Count BATCHES = new Count();
  public static final Count READY = new Count();

  private Trace() {}

  /** A connection was taken from a listener's queue. */
  public static void accepted(int fd, Object listener, Object remote) {
    ACCEPTED.increment();
    if (Flight.accepts()) {
      Flight.accept(fd, listener.toString(), remote.toString());
    }
  }

  /** A connection was made of a descriptor that the process had already. */
  public static void adopted() {
    ADOPTED.increment();
  }

  /**
   * A connection that came about was closed, for the first time. Counts alone: the caller reports
   * it, because to ask for both addresses makes objects.
   */
  public static void closed() {
    CLOSED.increment();
  }

  /** Forgotten by the program, and closed by gonet. */
  public static void dropped(int fd, boolean connection, String what) {
    if (connection) {
      CLOSED.increment(); // before the other: NetStats counts on that
    }
    DROPPED.increment();
    if (Flight.drops()) {
      Flight.drop(fd, what);
    }
  }

  /** An operation failed because its time was over. */
  public static void deadline(String operation, String failure, long bytesTransferred) {
    DEADLINES.increment();
    if (Flight.deadlines()) {
      Flight.deadline(operation, failure, bytesTransferred);
    }
  }

  /** A poll reported so many descriptors at once, one or more. */
  public static void batch(int descriptors) {
    READY.add(descriptors);
    BATCHES.increment(); // behind the other: NetStats counts on that
    if (Flight.batches()) {
      Flight.batch(descriptors);
    }
  }

  // ---- dial ------------------------------------------------------------------------------------

  /** Null if nobody records. */
  public static @Nullable Object beginDial() {
    return Flight.dials() ? Flight.beginDial() : null;
  }

  /** The dial that began with {@code dial} has brought a connection. */
  public static void dialed(
      @Nullable Object dial, int fd, String network, Object address, Object connection) {
    DIALED.increment();
    if (dial != null) {
      Flight.endDial(dial, fd, network, address.toString(), connection.toString(), null);
    }
  }

  /** The dial that began with {@code dial} has failed. */
  public static void dialFailed(
      @Nullable Object dial, String network, Object address, Throwable failure) {
    DIAL_FAILURES.increment();
    if (dial != null) {
      Flight.endDial(dial, -1, network, address.toString(), null, failure.toString());
    }
  }
}
