package gonet.examples.resp;

/** EXPIRE, PEXPIRE, PERSIST, TTL, PTTL. */
final class ExpiryCommands {
  private static final int NO_KEY = -2;
  private static final int NO_EXPIRY = -1;
  private static final int MILLIS = 1000;

  private ExpiryCommands() {}

  static void expire(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    expire(in, keys, out, "expire", MILLIS);
  }

  static void pexpire(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    expire(in, keys, out, "pexpire", 1);
  }

  /** {@code EXPIRE key time}: a time that is over deletes the key. */
  private static void expire(
      RequestReader in, Keyspace keys, Replies out, String command, int unitMillis)
      throws CommandException {
    long time = in.integer(2);
    long now = keys.expiry().nowMillis();
    if (time > (Long.MAX_VALUE - now) / unitMillis || time < Long.MIN_VALUE / unitMillis) {
      throw CommandException.expireTime(command);
    }
    boolean there = keys.contains(in, 1);
    if (there && time <= 0) {
      keys.remove(in, 1);
    } else if (there) {
      keys.expiry().at(in, 1, now + time * unitMillis);
    }
    out.integer(there ? 1 : 0);
  }

  static void persist(RequestReader in, Keyspace keys, Replies out) {
    out.integer(keys.contains(in, 1) && keys.expiry().never(in, 1) ? 1 : 0);
  }

  static void ttl(RequestReader in, Keyspace keys, Replies out) {
    long left = left(in, keys);
    out.integer(left < 0 ? left : (left + MILLIS / 2) / MILLIS);
  }

  static void pttl(RequestReader in, Keyspace keys, Replies out) {
    out.integer(left(in, keys));
  }

  private static long left(RequestReader in, Keyspace keys) {
    if (!keys.contains(in, 1)) {
      return NO_KEY;
    }
    Long moment = keys.expiry().moment(in, 1);
    return moment == null ? NO_EXPIRY : Math.max(0, moment - keys.expiry().nowMillis());
  }
}
