package gonet.cluster;

/**
 * How the connections of a port come to the workers of a {@link Cluster}. docs/guide.md has a table
 * that was measured.
 *
 * @since 0.1
 */
public enum SharePolicy {

  /**
   * Each worker accepts from one listening socket, which all of them share. Nothing stands between
   * the kernel and a worker. The kernel wakes every worker that waits for each connection (a herd),
   * one gets it, and a worker that is awake already is the quickest: long-lived connections may
   * gather at few workers.
   */
  SHARED,

  /**
   * Each worker has a listening socket of its own on the port, by SO_REUSEPORT, and the kernel
   * chooses by a hash of the addresses: no herd, and an even spread in the mean of many clients. A
   * worker that is slow, full or dead gets its share all the same. TCP only: a Unix listener is
   * {@link #SHARED}. socket(7).
   */
  REUSEPORT,

  /**
   * The primary accepts and gives each connection, unread, to the worker that has waited longest
   * for one. The spread is even, and a worker that is full gets none; each connection costs three
   * messages between processes. Node's default.
   *
   * <p>A connection is the primary's until the worker has said that it took it: if the worker dies
   * before, another one gets it, with all its bytes. Behind that it ends with the worker, or with
   * the close of the worker's listener if no thread had accepted it there.
   */
  ROUND_ROBIN
}
