package gonet.socket;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

/** Failures as a socket of the JDK tells them. Stateless. */
final class Failures {
  private Failures() {}

  /**
   * A close on this side is a SocketException there; everything else has the JDK's type already.
   */
  static IOException of(IOException e) {
    return e instanceof ClosedChannelException ? because("Socket closed", e) : e;
  }

  /** The same for methods that throw nothing wider. */
  static SocketException ofOption(IOException e) {
    if (e instanceof SocketException known) {
      return known;
    }
    return because(
        e instanceof ClosedChannelException ? "Socket is closed" : String.valueOf(e.getMessage()),
        e);
  }

  private static SocketException because(String message, IOException e) {
    SocketException failure = new SocketException(message);
    failure.initCause(e);
    return failure;
  }

  /** Where nothing can fail though the JDK's type says so. */
  static AssertionError impossible(IOException e) {
    return new AssertionError("nothing is connected here that is not already", e);
  }
}
