package gonet;

import gonet.internal.dial.Attempt;
import gonet.internal.dial.Connector;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import java.io.IOException;

/** What dials of sockets have in common, whatever the network. */
interface SocketDial<A extends NetAddr, C extends SocketConn> extends Connector<A, C> {

  /** For the text of a failure. */
  Op op(A remote);

  /** A socket for a connection to this address; bound, if there is a local address. */
  C open(Netpoll netpoll, Op op, A remote) throws IOException;

  /** The way of this network's addresses to {@link FD}. */
  void connect(FD fd, A remote, long limit) throws FDException;

  @Override
  default C connect(A remote, long limit, Attempt attempt) throws IOException {
    Op op = op(remote);
    C conn = open(Netpolls.get(op), op, remote);
    try {
      establish(conn, remote, limit, attempt);
      return conn;
    } catch (FDException e) {
      throw failed(remote, e, attempt);
    }
  }

  /** Connects a socket, or closes it. */
  default void establish(C conn, A remote, long limit, Attempt attempt) throws FDException {
    boolean stands = false;
    try {
      attempt.connecting(conn.fd);
      connect(conn.fd, remote, limit);
      stands = true;
    } finally {
      attempt.connected();
      if (!stands) {
        conn.close();
      }
    }
  }

  /** What the caller hears of a failure. */
  default IOException failed(A remote, FDException e, Attempt attempt) {
    return attempt.ended() ? canceled(remote) : OpErrors.of(op(remote), e);
  }

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
