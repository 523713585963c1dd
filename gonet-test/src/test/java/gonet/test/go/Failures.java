package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import java.io.IOException;
import org.junit.jupiter.api.function.Executable;

/** What Go's tests call the shape of a net error, and the two failures they ask for most. */
final class Failures {
  private static final String CLOSED = "use of closed network connection";
  private static final String CLOSED_PIPE = "io: read/write on closed pipe";

  private Failures() {}

  /** Operation and network are named, and the text begins with them. */
  static NetFailure assertShape(String op, String network, IOException e) {
    NetFailure shape = assertInstanceOf(NetFailure.class, e, e::toString);
    assertEquals(op, shape.op(), e.getMessage());
    assertEquals(network, shape.network(), e.getMessage());
    assertTrue(e.getMessage().startsWith(op + " " + network), e.getMessage());
    assertFalse(e.getMessage().contains("null"), e.getMessage());
    return shape;
  }

  /** A passed deadline or timeout: distinguishable, temporary, and with nothing transferred. */
  static NetTimeoutException assertTimesOut(Executable call) {
    return assertTimeout(assertThrows(NetTimeoutException.class, call));
  }

  static NetTimeoutException assertTimeout(NetTimeoutException e) {
    assertTrue(e.timeout(), e.getMessage());
    assertTrue(e.temporary(), e.getMessage());
    assertTrue(e.getMessage().endsWith(": i/o timeout"), e.getMessage());
    assertEquals(0, e.bytesTransferred(), e.getMessage());
    return e;
  }

  /** Closed on this side: neither a timeout nor anything that passes. */
  static NetClosedException assertClosed(Executable call) {
    return assertClosed(assertThrows(NetClosedException.class, call));
  }

  static NetClosedException assertClosed(NetClosedException e) {
    assertFalse(e.timeout(), e.getMessage());
    assertFalse(e.temporary(), e.getMessage());
    String text = e.getMessage();
    assertTrue(text.endsWith(CLOSED) || text.equals(CLOSED_PIPE), text);
    return e;
  }
}
