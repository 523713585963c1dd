package gonet.test;

import gonet.Conn;

/**
 * What every {@link Conn} promises, as tests. Extend it, and say how to make a connected pair:
 *
 * <pre>{@code
 * @ParameterizedClass
 * @MethodSource("gonet.test.Callers#kinds")
 * class MyConnTest extends ConnContract {
 *   MyConnTest(Callers callers) {
 *     super(() -> new ConnPair(..., ...), callers);
 *   }
 * }
 * }</pre>
 *
 * <p>Each case gets a fresh pair, runs on a thread of the wanted kind and starts further ones of
 * the same kind. A case that is not done after a minute fails with a dump of all threads, virtual
 * ones included. After each case both ends are closed, and every thread it started has to end.
 *
 * <p>The cases are those of Go's {@code golang.org/x/net/nettest.TestConn}, and gonet's own about
 * buffers, half-close, close, interrupts, {@link Conn#awaitReadable}, timeouts and views. They hold
 * for connections without any buffer between the ends too. {@link SocketContract} adds what needs a
 * network.
 */
public abstract class ConnContract extends PairContract
    implements NettestCases,
        NettestTimeoutCases,
        ReadWriteCases,
        HalfCloseCases,
        CloseCases,
        InterruptCases,
        AwaitReadableCases,
        TimeoutCases,
        LimitCases,
        ViewCases {

  /**
   * @param callers the kind of every thread that calls the connections
   */
  protected ConnContract(ConnPairs pairs, Callers callers) {
    super(pairs, callers);
  }
}
