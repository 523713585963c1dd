package gonet.examples.resp;

/** LPUSH, RPUSH, LPOP, RPOP, LRANGE. A list without elements is no list: its key is gone. */
final class ListCommands {
  private ListCommands() {}

  static void lpush(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    push(in, keys, out, true);
  }

  static void rpush(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    push(in, keys, out, false);
  }

  private static void push(RequestReader in, Keyspace keys, Replies out, boolean left)
      throws CommandException {
    ValueList list = keys.get(in, 1, ValueList.class);
    if (list == null) {
      list = new ValueList();
      keys.put(in, 1, list);
    }
    for (int word = 2; word < in.count(); word++) {
      if (left) {
        list.addFirst(in.copy(word));
      } else {
        list.addLast(in.copy(word));
      }
    }
    out.integer(list.size());
  }

  static void lpop(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    pop("lpop", in, keys, out, true);
  }

  static void rpop(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    pop("rpop", in, keys, out, false);
  }

  /** With a count, even of 1, the reply is an array. */
  private static void pop(String name, RequestReader in, Keyspace keys, Replies out, boolean left)
      throws CommandException {
    if (in.count() > 3) {
      throw CommandException.arguments(name);
    }
    boolean counted = in.count() == 3;
    long count = counted ? Counts.positive(in, 2) : 1;
    ValueList list = keys.get(in, 1, ValueList.class);
    if (list == null) {
      if (counted) {
        out.noArray();
      } else {
        out.nothing();
      }
      return;
    }
    // No more than there are: what a client asks for is no size to allocate.
    byte[][] taken = new byte[(int) Math.min(count, list.size())][];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = left ? list.removeFirst() : list.removeLast();
    }
    if (list.size() == 0) {
      keys.remove(in, 1);
    }
    if (counted) {
      out.bulks(taken);
    } else {
      out.bulk(taken[0]);
    }
  }

  /** Both ends belong to the range; negative ones count from the end of the list, from −1. */
  static void lrange(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    long from = in.integer(2);
    long to = in.integer(3);
    ValueList list = keys.get(in, 1, ValueList.class);
    int size = list == null ? 0 : list.size();
    from = Math.max(from < 0 ? from + size : from, 0);
    to = Math.min(to < 0 ? to + size : to, size - 1L);
    if (list == null || from > to) {
      out.array(0);
      return;
    }
    byte[][] range = new byte[(int) (to - from + 1)][];
    for (int i = 0; i < range.length; i++) {
      range[i] = list.get((int) from + i);
    }
    out.bulks(range);
  }
}
