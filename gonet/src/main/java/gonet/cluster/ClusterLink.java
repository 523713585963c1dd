package gonet.cluster;

/**
 * What a primary and a worker say to each other over a {@link PacketLink}.
 *
 * <pre>
 *   worker                                        primary
 *   HELLO version token          ------&gt;
 *                                &lt;------          HELLO version number pid policy death grace
 *                                                 or REFUSED reason
 *   LISTEN id network address    ------&gt;
 *                                &lt;------          LISTENER id                  + descriptor
 *                                                 or FAILED id reason
 *   READY                        ------&gt;          (once)
 *
 *   with ROUND_ROBIN, for each thread that waits in accept:
 *   ACCEPT id                    ------&gt;
 *                                &lt;------          CONN id                      + descriptor
 *   TAKEN id                     ------&gt;          (closes its own)
 *   or BACK id                   ------&gt;          (gives it to another worker)
 *   CLOSED id                    ------&gt;          (a listener; no ACCEPT of it comes any more)
 *
 *                                &lt;------          DRAIN grace
 * </pre>
 *
 * <p>A connection is the primary's until it is TAKEN: a worker that dies before has read nothing of
 * it, and the primary, which holds it open, gives it to another. TAKEN and BACK come in the order
 * of the CONNs of their id, also behind CLOSED: a CONN may have been on its way. The primary
 * forgets the id when each has its answer. A worker that asks for more than {@link #MAX_ASKED},
 * {@link #MAX_LISTENERS} or {@link #MAX_UNREAD} allow is broken, and the primary leaves it. Graces
 * are milliseconds. The end of the link is the death of the other process.
 */
final class ClusterLink {
  static final int VERSION = 1;

  /** Of the environment of workers: where the primary listens, a space, and the worker's token. */
  static final String VARIABLE = "GONET_WORKER";

  static final String HELLO = "HELLO";
  static final String REFUSED = "REFUSED";
  static final String LISTEN = "LISTEN";
  static final String LISTENER = "LISTENER";
  static final String FAILED = "FAILED";
  static final String READY = "READY";
  static final String ACCEPT = "ACCEPT";
  static final String CONN = "CONN";
  static final String TAKEN = "TAKEN";
  static final String BACK = "BACK";
  static final String CLOSED = "CLOSED";
  static final String DRAIN = "DRAIN";

  /** Connections that a worker may be owed, or have been given without an answer, at a time. */
  static final int MAX_ASKED = 65_536;

  /** Listeners that a worker may have at a time. */
  static final int MAX_LISTENERS = 4096;

  /** What may wait for a worker to read it when that asks for anything. */
  static final int MAX_UNREAD = MAX_ASKED + 1024;

  private static final int MAX_SHOWN = 80;
  private static final int MAX_REASON = 1000;

  private ClusterLink() {}

  /** What another process has said, for a log: not long, and nothing that moves a cursor. */
  static String shown(String text) {
    String start = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    return '"' + start.replaceAll("\\p{Cntrl}", "?") + '"';
  }

  /** Why something failed, as a line that has room in a message. */
  static String reason(Throwable why) {
    String text = oneLine(String.valueOf(why.getMessage()));
    return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
  }

  /** Lines end messages, so that no line may be in one. */
  static String oneLine(String text) {
    return text.replace('\n', ' ');
  }
}
