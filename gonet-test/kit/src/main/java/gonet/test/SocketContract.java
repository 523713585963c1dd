package gonet.test;

/**
 * {@link ConnContract}, and what holds where a kernel stands between the ends: {@link
 * gonet.Conn#abort} reaches the other side as a reset, and a reset is never mistaken for the end of
 * the stream.
 */
public abstract class SocketContract extends ConnContract implements ResetCases {

  /** As {@link ConnContract#ConnContract}. */
  protected SocketContract(ConnPairs pairs, Callers callers) {
    super(pairs, callers);
  }
}
