package gonet.internal.backend;

/**
 * Tells which descriptors became ready. The contract, for every backend:
 *
 * <ol>
 *   <li><b>Register once.</b> A descriptor enters by {@link #register} and leaves by {@link
 *       #deregister} before it is closed. Nothing else is said to the kernel about it, except by
 *       {@link #arm} and {@link #disarm}, which are empty where the kernel reports edges and tells
 *       of room to those alone who have found none.
 *   <li><b>No edge is lost.</b> Whatever becomes true after {@link #register} returned (where
 *       arming is needed: after {@link #arm}) is told to the {@link Sink} at least once, by some
 *       later {@link #poll}. Too many reports are harmless.
 *   <li><b>Nothing stale.</b> After {@link #deregister} returned, no report for that registration
 *       reaches a sink of another one, even if the kernel hands the same number out again.
 *   <li><b>{@link #wake}</b> makes a blocked or the next blocking {@link #poll} return.
 * </ol>
 */
public interface Readiness {

  /** A read, an accept or the end of the stream is worth a try. */
  int READ = 1;

  /** A write, or the outcome of a connect, is worth a try. */
  int WRITE = 2;

  /**
   * The peer hung up, an error is pending or urgent data stands in the stream. From here on a short
   * read proves nothing: there may be more behind it, and no further edge.
   */
  int STICKY = 4;

  /**
   * The other side has ended its stream, or the connection is reset, however many bytes may still
   * be unread. Only a backend that hears of it tells so.
   */
  int HANGUP = 8;

  /** Hears about one descriptor. Called by the polling thread; must not block or throw. */
  interface Sink {
    /** Bits of {@link #READ}, {@link #WRITE}, {@link #STICKY} and {@link #HANGUP}. */
    void ready(int events);
  }

  /**
   * Begins to watch a descriptor, in both directions unless it {@linkplain Descriptor#tellsAllRoom
   * tells all room}. Any thread.
   *
   * @throws SyscallException {@code epoll_ctl}: ENOSPC when max_user_watches is reached, ENOMEM
   */
  void register(Descriptor descriptor, Sink sink) throws SyscallException;

  /**
   * Ends it. Any thread; may wait for a polling thread to let go of the descriptor, never for
   * traffic. Harmless for a descriptor that was not registered.
   */
  void deregister(Descriptor descriptor);

  /**
   * A thread is about to wait for {@code mode}, {@link #READ} or {@link #WRITE}. Backends that
   * report levels re-enable their interest here, and report at once if the level is already there.
   * So does every backend for {@link #WRITE} of a descriptor that {@linkplain
   * Descriptor#tellsAllRoom tells all room}.
   */
  void arm(Descriptor descriptor, int mode);

  /**
   * Nobody waits for {@link #WRITE}, nor will without a new {@link #arm}: never while one is under
   * way for the same direction. A backend may stop to listen for it.
   */
  default void disarm(Descriptor descriptor) {}

  /**
   * Reports what is ready to the sinks.
   *
   * @param timeoutNanos 0 returns at once, negative waits without limit
   * @return the number of descriptors reported
   */
  int poll(long timeoutNanos);

  /** Ends a blocking {@link #poll} early. Any thread. Wakes in quick succession may become one. */
  void wake();

  /**
   * Why nothing can be reported any more, as a positive errno; zero while all is well. What the
   * kernel told of is in somebody else's hands then, and could not be replaced. Whoever waits has
   * been told {@link #READ} and {@link #WRITE}, to look here.
   */
  default int failure() {
    return 0;
  }

  /**
   * The threads that polled have ended, because nothing was registered for a while; the next {@link
   * #register} is followed by new ones. What the kernel gave may be given back until then.
   */
  default void rest() {}

  /** Registered descriptors, for leak checks and statistics. */
  int registered();

  /** Gives the kernel's object back. Nobody polls any more. */
  void close();
}
