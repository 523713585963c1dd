package gonet.examples.resp;

/** The client does not speak the protocol: it is told so, in Redis' words, and dismissed. */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1;

  ProtocolException(String message) {
    // Without a stack trace: the client's fault, and cheap to provoke.
    super(message, null, false, false);
  }
}
