package gonet.examples.resp;

import org.jspecify.annotations.Nullable;

/** ZADD, ZPOPMIN. */
final class SortedSetCommands {
  private SortedSetCommands() {}

  /** {@code ZADD key [NX | XX] [GT | LT] [CH] score member …}. */
  static void zadd(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    boolean onlyNew = false;
    boolean onlyOld = false;
    boolean onlyGreater = false;
    boolean onlyLess = false;
    boolean countChanged = false;
    int first = 2;
    for (; first < in.count(); first++) {
      if (in.is(first, "NX")) {
        onlyNew = true;
      } else if (in.is(first, "XX")) {
        onlyOld = true;
      } else if (in.is(first, "GT")) {
        onlyGreater = true;
      } else if (in.is(first, "LT")) {
        onlyLess = true;
      } else if (in.is(first, "CH")) {
        countChanged = true;
      } else {
        break;
      }
    }
    int words = in.count() - first;
    if (words == 0 || words % 2 != 0) {
      throw CommandException.syntax();
    }
    if (onlyNew && onlyOld) {
      throw new CommandException("ERR XX and NX options at the same time are not compatible");
    }
    if (onlyGreater && onlyLess || onlyNew && (onlyGreater || onlyLess)) {
      throw new CommandException(
          "ERR GT, LT, and/or NX options at the same time are not compatible");
    }
    // All or nothing: every score is read before the first one is stored.
    double[] scores = new double[words / 2];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Numbers.parseDouble(in.copy(first + 2 * i));
    }
    SortedSet set = keys.get(in, 1, SortedSet.class);
    if (set == null) {
      set = new SortedSet();
    }
    int added = 0;
    int changed = 0;
    for (int i = 0; i < scores.length; i++) {
      int word = first + 2 * i + 1;
      Double old = set.score(in, word);
      if (old == null ? onlyOld : onlyNew || !improves(old, scores[i], onlyGreater, onlyLess)) {
        continue;
      }
      if (old == null) {
        added++;
      } else if (old != scores[i]) {
        changed++;
      } else {
        continue;
      }
      set.put(in, word, scores[i]);
    }
    if (added > 0) {
      keys.put(in, 1, set);
    }
    out.integer(countChanged ? added + changed : added);
  }

  private static boolean improves(double old, double score, boolean greater, boolean less) {
    return greater ? score > old : !less || score < old;
  }

  /** {@code ZPOPMIN key [count]}: the lowest, each with its score. */
  static void zpopmin(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.count() > 3) {
      throw CommandException.syntax();
    }
    long count = in.count() == 3 ? Counts.positive(in, 2) : 1;
    SortedSet set = keys.get(in, 1, SortedSet.class);
    out.bulks(take(set, count));
    if (set != null && set.size() == 0) {
      keys.remove(in, 1);
    }
  }

  private static byte[][] take(@Nullable SortedSet set, long count) {
    int n = set == null ? 0 : (int) Math.min(count, set.size());
    byte[][] taken = new byte[2 * n][];
    for (int i = 0; set != null && i < n; i++) {
      SortedSet.Member member = set.removeFirst();
      taken[2 * i] = member.name;
      taken[2 * i + 1] = Numbers.format(member.score);
    }
    return taken;
  }
}
