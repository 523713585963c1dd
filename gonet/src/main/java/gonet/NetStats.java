package gonet;

import gonet.internal.carrier.CarrierLane;
import gonet.internal.flight.Trace;
import gonet.internal.netpoll.Netpoll;

/**
 * What gonet holds at one moment, and what it has seen since the process began. A snapshot, made by
 * {@link Net#stats}; immutable and safe for any thread. The counts are read one after the other,
 * while connections come and go.
 *
 * @since 0.1
 */
public final class NetStats {
  private final String backend;
  private final String lane;
  private final int registered;
  private final int armedTimers;

  // In this order: a connection that is counted as dropped was counted as closed before, or is a
  // listener; one that is counted as closed was counted when it came about.
  private final long dropped = Trace.DROPPED.sum();
  private final long closed = Trace.CLOSED.sum();
  private final long accepted = Trace.ACCEPTED.sum();
  private final long dialed = Trace.DIALED.sum();
  private final long dialFailures = Trace.DIAL_FAILURES.sum();
  private final long adopted = Trace.ADOPTED.sum();
  private final long deadlines = Trace.DEADLINES.sum();

  // So no batch is without a descriptor.
  private final long pollerBatches = Trace.BATCHES.sum();
  private final long readyDescriptors = Trace.READY.sum();

  private final int spareCarriers;
  private final long handOvers;
  private final long refusedHandOvers;

  /** As it is now. Does not choose a backend that nobody needed so far. */
  NetStats() {
    Netpoll netpoll = Netpoll.existing();
    CarrierLane carriers =
        netpoll != null && netpoll.poller() instanceof CarrierLane own ? own : null;
    backend = netpoll == null ? "none" : netpoll.backend();
    lane = netpoll == null ? "none" : netpoll.poller().lane();
    registered = netpoll == null ? 0 : netpoll.poller().registered();
    armedTimers = netpoll == null ? 0 : netpoll.poller().armedTimers();
    spareCarriers = carriers == null ? 0 : carriers.spares();
    handOvers = carriers == null ? 0 : carriers.handOvers();
    refusedHandOvers = carriers == null ? 0 : carriers.refusals();
  }

  /** {@code epoll} or {@code nio}; {@code none} before the first listen or dial. */
  public String backend() {
    return backend;
  }

  /**
   * The lane that polls: {@code carrier}, the carrier threads that gonet's virtual threads run on,
   * {@code shared}, a virtual thread among all others, or {@code thread}, a thread of its own;
   * {@code none} before the first listen or dial.
   */
  public String lane() {
    return lane;
  }

  /** Descriptors the poller watches; one that never had to wait is not among them. */
  public int registered() {
    return registered;
  }

  /** Deadlines the timer thread will look at. */
  public int armedTimers() {
    return armedTimers;
  }

  /** Connections that are open: accepted, dialed or adopted, and not closed. */
  public long open() {
    return Math.max(0, accepted + dialed + adopted - closed);
  }

  /** Connections that listeners accepted. */
  public long accepted() {
    return accepted;
  }

  /** Dials that succeeded. */
  public long dialed() {
    return dialed;
  }

  /** Dials that failed. */
  public long dialFailures() {
    return dialFailures;
  }

  /** Connections made by {@link Net#fileConn}. */
  public long adopted() {
    return adopted;
  }

  /**
   * Connections of these three kinds that were closed on this side, {@link #dropped} ones included.
   */
  public long closed() {
    return closed;
  }

  /** Connections and listeners that the program forgot to close. */
  public long dropped() {
    return dropped;
  }

  /** Operations that failed because their time was over, those on pipes included. */
  public long deadlines() {
    return deadlines;
  }

  /** Polls that found a descriptor ready, or several. */
  public long pollerBatches() {
    return pollerBatches;
  }

  /**
   * Descriptors that these polls found ready, one as often as it was. {@code readyDescriptors() /
   * pollerBatches()} tells how many are served in one go: near 1 while there is little to do, and
   * the more the busier the process is.
   */
  public long readyDescriptors() {
    return readyDescriptors;
  }

  /**
   * Carrier threads that wait for work beside those that run tasks; like the two that follow it
   * zero in every lane but the carrier lane.
   */
  public int spareCarriers() {
    return spareCarriers;
  }

  /**
   * Times that a task kept its carrier for so long, by computing or blocking, that a spare carrier
   * went on with the others' work in its place.
   */
  public long handOvers() {
    return handOvers;
  }

  /**
   * Times that this was due and could not be done, because there were as many carriers as {@code
   * gonet.carriers.spare} allows or memory has room for; counted again every few milliseconds that
   * it lasts.
   */
  public long refusedHandOvers() {
    return refusedHandOvers;
  }

  /** Every value by its name, in the order above. */
  @Override
  public String toString() {
    return "NetStats[backend "
        + backend
        + ", lane "
        + lane
        + ", registered "
        + registered
        + ", armedTimers "
        + armedTimers
        + ", open "
        + open()
        + ", accepted "
        + accepted
        + ", dialed "
        + dialed
        + ", dialFailures "
        + dialFailures
        + ", adopted "
        + adopted
        + ", closed "
        + closed
        + ", dropped "
        + dropped
        + ", deadlines "
        + deadlines
        + ", pollerBatches "
        + pollerBatches
        + ", readyDescriptors "
        + readyDescriptors
        + ", spareCarriers "
        + spareCarriers
        + ", handOvers "
        + handOvers
        + ", refusedHandOvers "
        + refusedHandOvers
        + "]";
  }
}
