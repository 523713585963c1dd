package gonet.examples.resp;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** PING, ECHO, QUIT, SELECT, CONFIG, COMMAND, DBSIZE, FLUSHALL. */
final class ServerCommands {

  /**
   * What clients ask for: redis-benchmark tells with its results how the server stores its data.
   */
  private static final Map<String, String> SETTINGS =
      new TreeMap<>(Map.of("save", "", "appendonly", "no", "databases", "1", "maxmemory", "0"));

  private ServerCommands() {}

  static void ping(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    switch (in.count()) {
      case 1 -> out.pong();
      case 2 -> out.bulk(in, 1);
      default -> throw CommandException.arguments("ping");
    }
  }

  static void echo(RequestReader in, Keyspace keys, Replies out) {
    out.bulk(in, 1);
  }

  static void quit(RequestReader in, Keyspace keys, Replies out) throws QuitException {
    out.ok();
    throw new QuitException();
  }

  static void select(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.integer(1) != 0) {
      throw new CommandException("ERR DB index is out of range");
    }
    out.ok();
  }

  static void dbsize(RequestReader in, Keyspace keys, Replies out) {
    out.integer(keys.size());
  }

  static void flush(RequestReader in, Keyspace keys, Replies out) {
    keys.clear();
    out.ok();
  }

  static void config(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    if (in.is(1, "GET") && in.count() >= 3) {
      TreeMap<String, String> found = new TreeMap<>();
      for (int word = 2; word < in.count(); word++) {
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
          String name = setting.getKey();
          if (in.is(word, "*") || in.is(word, name.toUpperCase(Locale.ROOT))) {
            found.put(name, setting.getValue());
          }
        }
      }
      out.array(2 * found.size());
      found.forEach(
          (name, value) -> {
            out.bulk(name);
            out.bulk(value);
          });
    } else if (in.is(1, "RESETSTAT") && in.count() == 2) {
      out.ok();
    } else if (in.is(1, "SET") && in.count() >= 4) {
      throw new CommandException(
          "ERR Unknown option or number of arguments for CONFIG SET - '"
              + CommandTable.quote(in, 2)
              + "'");
    } else {
      throw subcommand(in, "CONFIG");
    }
  }

  static void command(RequestReader in, Keyspace keys, Replies out) throws CommandException {
    CommandTable.Entry[] all = CommandTable.entries();
    if (in.count() == 1) {
      out.array(all.length);
      for (CommandTable.Entry entry : all) {
        describe(entry, out);
      }
    } else if (in.is(1, "COUNT") && in.count() == 2) {
      out.integer(all.length);
    } else if (in.is(1, "DOCS")) {
      out.array(0); // redis-cli does without
    } else if (in.is(1, "INFO")) {
      out.array(in.count() - 2);
      for (int word = 2; word < in.count(); word++) {
        CommandTable.Entry entry = CommandTable.find(in, word);
        if (entry == null) {
          out.noArray();
        } else {
          describe(entry, out);
        }
      }
    } else {
      throw subcommand(in, "COMMAND");
    }
  }

  private static void describe(CommandTable.Entry entry, Replies out) {
    out.array(6);
    out.bulk(entry.name());
    out.integer(entry.arity());
    out.array(1);
    out.status(entry.write() ? "write" : "readonly");
    out.integer(entry.firstKey());
    out.integer(entry.lastKey());
    out.integer(entry.step());
  }

  private static CommandException subcommand(RequestReader in, String command) {
    return new CommandException(
        "ERR unknown subcommand or wrong number of arguments for '"
            + CommandTable.quote(in, 1)
            + "'. Try "
            + command
            + " HELP.");
  }
}
