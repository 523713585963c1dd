package gonet.examples.resp;

/**
 * What a command does. Runs with the keyspace's lock held, so it must not wait for anything. Words
 * are counted as in the request: 0 is the command's name.
 */
@FunctionalInterface
interface Command {
  void run(RequestReader in, Keyspace keys, Replies out) throws CommandException, QuitException;
}
