package gonet.examples.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds a command by its name, in any case, and checks how many words it got. */
final class CommandTable {

  /** A longer name is none of ours. */
  private static final int MAX_NAME_BYTES = Long.BYTES;

  /** What Redis repeats of a command it does not know. */
  private static final int QUOTED_BYTES = 128;

  /**
   * A command.
   *
   * @param arity how many words it has, the name included; negative for at least so many
   * @param write whether it changes data
   * @param firstKey the first word that is a key, 0 for none; as {@code COMMAND} tells it
   * @param lastKey the last one, negative when counted from the end
   * @param step the distance between two of them
   */
  record Entry(
      String name, int arity, boolean write, int firstKey, int lastKey, int step, Command command) {

    boolean takes(int words) {
      return arity >= 0 ? words == arity : words >= -arity;
    }

    private long packed() {
      byte[] upper = name.toUpperCase(Locale.ROOT).getBytes(ISO_8859_1);
      return pack(upper, 0, upper.length);
    }
  }

  private static final Entry[] ENTRIES = {
    new Entry("ping", -1, false, 0, 0, 0, ServerCommands::ping),
    new Entry("echo", 2, false, 0, 0, 0, ServerCommands::echo),
    new Entry("quit", -1, false, 0, 0, 0, ServerCommands::quit),
    new Entry("select", 2, false, 0, 0, 0, ServerCommands::select),
    new Entry("config", -2, false, 0, 0, 0, ServerCommands::config),
    new Entry("command", -1, false, 0, 0, 0, ServerCommands::command),
    new Entry("dbsize", 1, false, 0, 0, 0, ServerCommands::dbsize),
    new Entry("flushall", -1, true, 0, 0, 0, ServerCommands::flush),
    new Entry("flushdb", -1, true, 0, 0, 0, ServerCommands::flush),
    new Entry("get", 2, false, 1, 1, 1, StringCommands::get),
    new Entry("set", -3, true, 1, 1, 1, StringCommands::set),
    new Entry("mset", -3, true, 1, -1, 2, StringCommands::mset),
    new Entry("incr", 2, true, 1, 1, 1, StringCommands::incr),
    new Entry("del", -2, true, 1, -1, 1, StringCommands::del),
    new Entry("exists", -2, false, 1, -1, 1, StringCommands::exists),
    new Entry("expire", 3, true, 1, 1, 1, ExpiryCommands::expire),
    new Entry("pexpire", 3, true, 1, 1, 1, ExpiryCommands::pexpire),
    new Entry("persist", 2, true, 1, 1, 1, ExpiryCommands::persist),
    new Entry("ttl", 2, false, 1, 1, 1, ExpiryCommands::ttl),
    new Entry("pttl", 2, false, 1, 1, 1, ExpiryCommands::pttl),
    new Entry("lpush", -3, true, 1, 1, 1, ListCommands::lpush),
    new Entry("rpush", -3, true, 1, 1, 1, ListCommands::rpush),
    new Entry("lpop", -2, true, 1, 1, 1, ListCommands::lpop),
    new Entry("rpop", -2, true, 1, 1, 1, ListCommands::rpop),
    new Entry("lrange", 4, false, 1, 1, 1, ListCommands::lrange),
    new Entry("sadd", -3, true, 1, 1, 1, SetCommands::sadd),
    new Entry("spop", -2, true, 1, 1, 1, SetCommands::spop),
    new Entry("hset", -4, true, 1, 1, 1, SetCommands::hset),
    new Entry("zadd", -4, true, 1, 1, 1, SortedSetCommands::zadd),
    new Entry("zpopmin", -2, true, 1, 1, 1, SortedSetCommands::zpopmin),
  };

  /** The names as numbers, ascending, and the commands in the same order. */
  private static final long[] NAMES;

  static {
    Arrays.sort(ENTRIES, (a, b) -> Long.compare(a.packed(), b.packed()));
    NAMES = Arrays.stream(ENTRIES).mapToLong(Entry::packed).toArray();
  }

  private CommandTable() {}

  /** Carries out one request; a failure is its reply. */
  static void run(RequestReader in, Keyspace keys, Replies out) throws QuitException {
    try {
      Entry entry = find(in, 0);
      if (entry == null) {
        throw unknown(in);
      }
      if (!entry.takes(in.count())) {
        throw CommandException.arguments(entry.name());
      }
      entry.command().run(in, keys, out);
    } catch (CommandException e) {
      out.error(String.valueOf(e.getMessage()));
    }
  }

  /** The command that a word names, or null. */
  static @Nullable Entry find(RequestReader in, int word) {
    int length = in.length(word);
    if (length > MAX_NAME_BYTES) {
      return null;
    }
    int i = Arrays.binarySearch(NAMES, pack(in.bytes(), in.offset(word), length));
    return i < 0 ? null : ENTRIES[i];
  }

  static Entry[] entries() {
    return ENTRIES.clone();
  }

  /** Up to eight bytes in upper case as one number. */
  private static long pack(byte[] buf, int off, int len) {
    long packed = 0;
    for (int i = off; i < off + len; i++) {
      int c = buf[i] & 0xff;
      packed = packed << 8 | (c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return packed;
  }

  private static CommandException unknown(RequestReader in) throws QuitException {
    if (in.is(0, "POST") || in.is(0, "HOST:")) {
      // A browser that some page made send its form here. Nothing of it is to be carried out.
      throw new QuitException();
    }
    StringBuilder text =
        new StringBuilder("ERR unknown command '")
            .append(quote(in, 0))
            .append("', with args beginning with: ");
    int end = text.length() + QUOTED_BYTES;
    for (int word = 1; word < in.count() && text.length() < end; word++) {
      text.append('\'').append(quote(in, word, end - text.length())).append("' ");
    }
    return new CommandException(text.toString());
  }

  /** A word of a request for an error's text, where a long one is cut off. */
  static String quote(RequestReader in, int word) {
    return quote(in, word, QUOTED_BYTES);
  }

  private static String quote(RequestReader in, int word, int maxBytes) {
    int length = Math.min(in.length(word), maxBytes);
    return new String(in.bytes(), in.offset(word), length, ISO_8859_1);
  }
}
