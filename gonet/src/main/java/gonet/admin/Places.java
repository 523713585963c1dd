package gonet.admin;

import gonet.Conn;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * So many places, of which clients that have not said yet what they want, and those that have their
 * answer already, keep nobody from one: when all are taken, one that lingers behind its answer
 * makes room, the longest first; if there is none, the client that has waited longest for its own
 * request.
 *
 * <pre>
 *   enter --&gt; WAITING --begin--&gt; SERVED --linger--&gt; LINGERING --leave--&gt; gone
 *                |                  |                   |                 ^
 *                +------------------+-------------------+-----------------+
 *                 makes room, leaves    leaves           makes room
 * </pre>
 *
 * <p>Thread-safe.
 */
final class Places {
  private final int max;

  // Guarded by the monitor of this object. The longest first.
  private final Set<Conn> waiting = new LinkedHashSet<>();
  private final Set<Conn> lingering = new LinkedHashSet<>();
  private final Set<Conn> served = new HashSet<>();

  Places(int max) {
    this.max = max;
  }

  /**
   * A client comes.
   *
   * @return who is to make room, and is nobody's any more: this one, if all others are served; null
   *     if there is room
   */
  synchronized @Nullable Conn enter(Conn conn) {
    waiting.add(conn);
    if (waiting.size() + served.size() + lingering.size() <= max) {
      return null;
    }
    Iterator<Conn> longest = (lingering.isEmpty() ? waiting : lingering).iterator();
    Conn gives = longest.next();
    longest.remove();
    return gives;
  }

  /** It has said what it wants. False if it had to make room. */
  synchronized boolean begin(Conn conn) {
    return waiting.remove(conn) && served.add(conn);
  }

  /** It has its answer, and is still to end its own side. False if it was not served. */
  synchronized boolean linger(Conn conn) {
    return served.remove(conn) && lingering.add(conn);
  }

  /** It goes, wherever it stands. */
  synchronized void leave(Conn conn) {
    waiting.remove(conn);
    served.remove(conn);
    lingering.remove(conn);
  }
}
