package gonet;

/**
 * What gonet holds at one moment, and what it has seen since the process began. The counts are read
 * one after the other, while connections come and go.
 *
 * @param backend {@code epoll} or {@code nio}; {@code none} before the first listen or dial
 * @param lane who polls: {@code carrier}, the carrier threads that gonet's virtual threads run on,
 *     {@code shared}, a virtual thread among all others, or {@code thread}, a thread of its own;
 *     {@code none} before the first listen or dial
 * @param registered descriptors the poller watches; one that never had to wait is not among them
 * @param armedTimers deadlines the timer thread will look at
 * @param accepted connections that listeners accepted
 * @param dialed dials that succeeded
 * @param dialFailures dials that failed
 * @param adopted connections made by {@link Net#fileConn}
 * @param closed connections of these three kinds that were closed on this side, dropped ones
 *     included
 * @param dropped connections and listeners that the program forgot to close
 * @param deadlines operations that failed because their time was over, those on pipes included
 * @param spareCarriers carrier threads that wait for work beside those that run tasks; like the two
 *     that follow it zero in every lane but the carrier lane
 * @param handOvers times that a task kept its carrier for so long, by computing or blocking, that a
 *     spare carrier went on with the others' work in its place
 * @param refusedHandOvers times that this was due and could not be done, because there were as many
 *     carriers as {@code gonet.carriers.spare} allows or memory has room for; counted again every
 *     few milliseconds that it lasts
 */
public record NetStats(
    String backend,
    String lane,
    int registered,
    int armedTimers,
    long accepted,
    long dialed,
    long dialFailures,
    long adopted,
    long closed,
    long dropped,
    long deadlines,
    int spareCarriers,
    long handOvers,
    long refusedHandOvers) {

  /** Connections that are open: accepted, dialed or adopted, and not closed. */
  public long open() {
    return Math.max(0, accepted + dialed + adopted - closed);
  }
}
