package gonet.examples.resp;

/** The connection is to be closed behind the replies so far. */
final class QuitException extends Exception {
  private static final long serialVersionUID = 1;

  QuitException() {
    super("quit", null, false, false);
  }
}
