package gonet.examples.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/** GET, SET, MSET, INCR, and DEL and EXISTS, which take keys of every type. */
final class StringCommands {
  private StringCommands() {}

  static void get(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    value(keys.get(in, 1, byte[].class), out);
  }

  private static void value(byte @Nullable [] value, Replies out) {
    if (value == null) {
      out.nothing();
    } else {
      out.bulk(value);
    }
  }

  /** {@code SET key value [options]}: {@link SetOptions}. All of it is checked before it begins. */
  static void set(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() == 3) {
      replace(in, 1, keys);
      out.ok();
      return;
    }
    SetOptions options = SetOptions.read(in);
    long moment = options.expires() ? options.moment(in, keys.expiry().nowMillis()) : 0;
    byte[] old = options.tellsOld() ? keys.get(in, 1, byte[].class) : null;
    boolean doIt = options.wants(keys.contains(in, 1));
    if (doIt) {
      if (options.keepsTime()) {
        keys.put(in, 1, in.copy(2));
      } else {
        replace(in, 1, keys);
      }
      if (options.expires()) {
        keys.expiry().at(in, 1, moment);
      }
    }
    if (options.tellsOld()) {
      value(old, out);
    } else if (doIt) {
      out.ok();
    } else {
      out.nothing();
    }
  }

  /** A new value, of the word behind the key, that does not expire. */
  private static void replace(RequestReader in, int key, Keyspace keys) {
    keys.put(in, key, in.copy(key + 1));
    keys.expiry().never(in, key);
  }

  static void mset(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() % 2 == 0) {
      throw CommandException.arguments("mset");
    }
    for (int word = 1; word < in.count(); word += 2) {
      replace(in, word, keys);
    }
    out.ok();
  }

  static void incr(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    byte[] old = keys.get(in, 1, byte[].class);
    long value = old == null ? 0 : Numbers.parse(old, 0, old.length);
    if (value == Long.MAX_VALUE) {
      throw new CommandException("ERR increment or decrement would overflow");
    }
    keys.put(in, 1, Long.toString(++value).getBytes(ISO_8859_1));
    out.integer(value);
  }

  static void del(RequestReader in, Keyspace keys, Replies out) {
    int removed = 0;
    for (int word = 1; word < in.count(); word++) {
      removed += keys.remove(in, word) ? 1 : 0;
    }
    out.integer(removed);
  }

  static void exists(RequestReader in, Keyspace keys, Replies out) {
    int there = 0;
    for (int word = 1; word < in.count(); word++) {
      there += keys.contains(in, word) ? 1 : 0;
    }
    out.integer(there);
  }
}
