package gonet;

import gonet.internal.dial.Connector;
import java.io.IOException;

/** What dials of sockets have in common, whatever the network: their failures, and a close. */
interface SocketDial<A extends NetAddr, C extends Conn> extends Connector<A, C> {

  /** For the text of a failure. */
  Op op(A remote);

  @Override
  default void discard(C conn) {
    conn.close();
  }

  @Override
  default IOException timedOut(A remote) {
    return OpErrors.timeout(op(remote), 0);
  }

  @Override
  default IOException canceled(A remote) {
    return OpErrors.canceled(op(remote), 0);
  }

  @Override
  default boolean isCanceled(Throwable failure) {
    return failure instanceof NetInterruptedException;
  }
}
