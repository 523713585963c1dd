package gonet.examples.resp;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** SADD, SPOP, HSET. One without members is none: its key is gone. */
final class SetCommands {

  /** A set of members. */
  private static final class Members {
    final Dict<Boolean> dict = new Dict<>();
  }

  /** Fields and their values. */
  private static final class Fields {
    final Dict<byte[]> dict = new Dict<>();
  }

  private SetCommands() {}

  static void sadd(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    Members set = keys.get(in, 1, Members.class);
    if (set == null) {
      set = new Members();
      keys.put(in, 1, set);
    }
    int added = 0;
    for (int word = 2; word < in.count(); word++) {
      added += set.dict.put(in, word, Boolean.TRUE) == null ? 1 : 0;
    }
    out.integer(added);
  }

  /** {@code SPOP key [count]}: random members. */
  static void spop(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() > 3) {
      throw CommandException.syntax();
    }
    boolean counted = in.count() == 3;
    long count = counted ? Counts.positive(in, 2) : 1;
    Members set = keys.get(in, 1, Members.class);
    byte[][] taken = take(set, count);
    if (set != null && set.dict.size() == 0) {
      keys.remove(in, 1);
    }
    if (counted) {
      out.bulks(taken);
    } else if (taken.length == 0) {
      out.nothing();
    } else {
      out.bulk(taken[0]);
    }
  }

  private static byte[][] take(@Nullable Members set, long count) {
    byte[][] taken = new byte[set == null ? 0 : (int) Math.min(count, set.dict.size())][];
    for (int i = 0; set != null && i < taken.length; i++) {
      taken[i] = set.dict.removeAny(ThreadLocalRandom.current());
    }
    return taken;
  }

  static void hset(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() % 2 != 0) {
      throw CommandException.arguments("hset");
    }
    Fields hash = keys.get(in, 1, Fields.class);
    if (hash == null) {
      hash = new Fields();
      keys.put(in, 1, hash);
    }
    int added = 0;
    for (int word = 2; word < in.count(); word += 2) {
      added += hash.dict.put(in, word, in.copy(word + 1)) == null ? 1 : 0;
    }
    out.integer(added);
  }
}
