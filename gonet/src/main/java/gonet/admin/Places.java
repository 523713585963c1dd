package gonet.admin;

import gonet.Conn;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * So many places, of which clients that have not said yet what they want keep nobody from one: when
 * all are taken, the client that has waited longest for its own request makes room.
 *
 * <pre>
 *   enter --&gt; WAITING --begin--&gt; SERVED --leave--&gt; gone
 *                |                                  ^
 *                +---- makes room, or leaves -------+
 * </pre>
 *
 * <p>Thread-safe.
 */
final class Places {
  private final int max;

  // Guarded by the monitor of this object.
  private final Set<Conn> waiting = new LinkedHashSet<>(); // the longest first
  private int served;

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
    if (waiting.size() + served <= max) {
      return null;
    }
    Conn longest = waiting.iterator().next();
    waiting.remove(longest);
    return longest;
  }

  /** It has said what it wants. False if it had to make room. */
  synchronized boolean begin(Conn conn) {
    if (!waiting.remove(conn)) {
      return false;
    }
    served++;
    return true;
  }

  /**
   * It goes.
   *
   * @param began whether {@link #begin} was true
   */
  synchronized void leave(Conn conn, boolean began) {
    if (began) {
      served--;
    } else {
      waiting.remove(conn);
    }
  }
}
