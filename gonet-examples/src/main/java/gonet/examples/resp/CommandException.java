package gonet.examples.resp;

/** A command cannot be carried out. The message is the reply, in Redis' words. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1;

  CommandException(String message) {
    super(message, null, false, false);
  }

  static CommandException syntax() {
    return new CommandException("ERR syntax error");
  }

  static CommandException notAnInteger() {
    return new CommandException("ERR value is not an integer or out of range");
  }

  static CommandException notPositive() {
    return new CommandException("ERR value is out of range, must be positive");
  }

  static CommandException wrongType() {
    return new CommandException(
        "WRONGTYPE Operation against a key holding the wrong kind of value");
  }

  static CommandException expireTime(String command) {
    return new CommandException("ERR invalid expire time in '" + command + "' command");
  }

  static CommandException arguments(String command) {
    return new CommandException("ERR wrong number of arguments for '" + command + "' command");
  }
}
