package gonet.cluster;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Links of processes that may come, and have not said yet which worker they are. The address is
 * open to every user of the machine, and each link is a descriptor and a thread of the primary's:
 * so there are so many, and of more the one that has waited longest is closed. A worker says who it
 * is at once, and is none of those that wait.
 *
 * <p>Thread-safe.
 */
final class Unknown {
  static final int MAX = 64;

  // Guarded by the monitor of this object.
  private final Set<PacketLink> waiting = new LinkedHashSet<>(); // the longest first

  /** The link that is to be closed for this one; null if there is room. */
  synchronized @Nullable PacketLink enter(PacketLink link) {
    waiting.add(link);
    if (waiting.size() <= MAX) {
      return null;
    }
    PacketLink longest = waiting.iterator().next();
    waiting.remove(longest);
    return longest;
  }

  /** It has said who it is, or has gone. False if it had to make room. */
  synchronized boolean leave(PacketLink link) {
    return waiting.remove(link);
  }
}
