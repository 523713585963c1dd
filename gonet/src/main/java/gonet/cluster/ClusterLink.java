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
 *   READY                        ------&gt;
 *
 *   with ROUND_ROBIN, for each thread that waits in accept:
 *   ACCEPT id                    ------&gt;
 *                                &lt;------          CONN id                      + descriptor
 *   TAKEN id                     ------&gt;          (closes its own)
 *   or BACK id                   ------&gt;          (gives it to another worker)
 *
 *                                &lt;------          DRAIN grace
 * </pre>
 *
 * <p>A connection is the primary's until it is TAKEN: a worker that dies before has read nothing of
 * it, and the primary, which holds it open, gives it to another. TAKEN and BACK come in the order
 * of the CONNs of their id. Graces are milliseconds. The end of the link is the death of the other
 * process.
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
  static final String DRAIN = "DRAIN";

  private ClusterLink() {}

  /** Lines end messages, so that no line may be in one. */
  static String oneLine(String text) {
    return text.replace('\n', ' ');
  }
}
