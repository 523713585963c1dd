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

  /** {@code SET key value [NX | XX] [GET]}. Nothing expires here. */
  static void set(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    boolean ifAbsent = false;
    boolean ifPresent = false;
    boolean tellOld = false;
    for (int word = 3; word < in.count(); word++) {
      if (in.is(word, "NX")) {
        ifAbsent = true;
      } else if (in.is(word, "XX")) {
        ifPresent = true;
      } else if (in.is(word, "GET")) {
        tellOld = true;
      } else {
        throw CommandException.syntax();
      }
    }
    if (ifAbsent && ifPresent) {
      throw CommandException.syntax();
    }
    byte[] old = tellOld ? keys.get(in, 1, byte[].class) : null;
    boolean doIt = !ifAbsent && !ifPresent || (keys.contains(in, 1) ? ifPresent : ifAbsent);
    if (doIt) {
      keys.put(in, 1, in.copy(2));
    }
    if (tellOld) {
      value(old, out);
    } else if (doIt) {
      out.ok();
    } else {
      out.nothing();
    }
  }

  static void mset(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() % 2 == 0) {
      throw CommandException.arguments("mset");
    }
    for (int word = 1; word < in.count(); word += 2) {
      keys.put(in, word, in.copy(word + 1));
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
