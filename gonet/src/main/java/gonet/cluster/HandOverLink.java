package gonet.cluster;

/**
 * What two generations say to each other over a {@link PacketLink}.
 *
 * <pre>
 *   successor                                     predecessor
 *   HELLO version pid            ------&gt;
 *                                &lt;------          HELLO version pid
 *                                                 or BUSY pid, AGAIN, REFUSED reason
 *                                &lt;------          LISTENER network address     + descriptor, each
 *                                &lt;------          PATH                         + descriptor
 *   (listens, gets ready)
 *   READY                        ------&gt;
 *                                &lt;------          RETIRING
 *                                                 or ENDING, if it was about to end anyway
 *   SERVING                      ------&gt;          (takes no further successors, nor clients)
 *   (takes clients, successors)
 *                                &lt;------          CONN \n state                + descriptor
 *   TAKEN                        ------&gt;          (closes its own)
 *   or REFUSED reason            ------&gt;          (goes on serving it)
 *                                &lt;------          DONE
 * </pre>
 *
 * <p>Until SERVING the successor may leave, and the predecessor serves on. If the predecessor dies
 * before, the successor serves.
 */
final class HandOverLink {
  static final int VERSION = 2;

  static final String HELLO = "HELLO";
  static final String BUSY = "BUSY";
  static final String AGAIN = "AGAIN";
  static final String REFUSED = "REFUSED";
  static final String LISTENER = "LISTENER";
  static final String PATH = "PATH";
  static final String READY = "READY";
  static final String RETIRING = "RETIRING";
  static final String SERVING = "SERVING";
  static final String ENDING = "ENDING";
  static final String CONN = "CONN";
  static final String TAKEN = "TAKEN";
  static final String DONE = "DONE";

  /** The longest state of a connection; with its line it fits into one packet everywhere. */
  static final int MAX_STATE_BYTES = 64 * 1024;

  /** Listeners that a successor takes; each is a descriptor. */
  static final int MAX_LISTENERS = 65_536;

  /** The longest message. */
  static final int MAX_BYTES = PacketLink.MAX_LINE_BYTES + MAX_STATE_BYTES;

  private HandOverLink() {}
}
