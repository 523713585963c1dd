package gonet.examples.resp;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * When keys expire. A key whose time is over lies in its table until a command asks for it, or
 * until its turn comes: each moment that is set looks at two others, round and round. So two may go
 * for one that comes, and what nobody asks for any more does not pile up.
 *
 * <p>Moments are milliseconds since 1970 of the wall clock, for clients name them so. Guarded by
 * the lock of the {@link Keyspace}.
 */
final class Expiry {
  private static final int LOOKS = 2;

  private final Dict<Object> keys;
  private final Dict<Long> moments = new Dict<>();
  private final InstantSource clock;

  /** The entry of {@link #moments} that is looked at next. */
  private int hand;

  /** Of the keys of a table. */
  Expiry(Dict<Object> keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  long nowMillis() {
    return clock.millis();
  }

  /** Takes the key out if its time is over. */
  void check(RequestReader request, int word) {
    if (moments.size() == 0) {
      return; // nearly always
    }
    Long moment = moments.get(request, word);
    if (moment != null && moment <= nowMillis()) {
      moments.remove(request, word);
      keys.remove(request, word);
    }
  }

  /** Lets a key that is there expire at this moment. */
  void at(RequestReader request, int word, long moment) {
    moments.put(request, word, moment);
    long now = nowMillis();
    for (int looks = 0; looks < LOOKS && moments.size() > 0; looks++) {
      hand = hand < moments.size() ? hand : 0;
      byte[] key = moments.key(hand);
      Long other = moments.get(key, 0, key.length);
      if (other != null && other <= now) {
        moments.remove(key, 0, key.length); // the last entry takes its place, and is next
        keys.remove(key, 0, key.length);
      } else {
        hand++;
      }
    }
  }

  /** Lets a key live on; whether it would have expired. */
  boolean never(RequestReader request, int word) {
    return moments.size() > 0 && moments.remove(request, word) != null;
  }

  /** When the key expires, or null for never. */
  @Nullable Long moment(RequestReader request, int word) {
    return moments.get(request, word);
  }

  void clear() {
    moments.clear();
    hand = 0;
  }
}
