package gonet.examples.resp;

/** How many a command is to take. */
final class Counts {
  private Counts() {}

  /** Zero or more. */
  static long positive(RequestReader in, int word) throws CommandException {
    long count;
    try {
      count = in.integer(word);
    } catch (CommandException e) {
      throw CommandException.notPositive();
    }
    if (count < 0) {
      throw CommandException.notPositive();
    }
    return count;
  }
}
