package gonet.test;

import gonet.Conn;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

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
@LeakCheck
@Timeout(90) // behind the case's own watchdog, which tells more
public abstract class ConnContract
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

  private final ConnPairs pairs;
  private final Crew crew;

  @RegisterExtension final CallerThread callerThread;

  /** The pair of the case that runs; null outside of one. */
  private volatile @Nullable ConnPair pair;

  /**
   * @param callers the kind of every thread that calls the connections
   */
  protected ConnContract(ConnPairs pairs, Callers callers) {
    this.pairs = pairs;
    crew = new Crew(callers);
    callerThread = new CallerThread(callers, this::closePair);
  }

  @BeforeEach
  final void connectPair() throws IOException {
    pair = pairs.connect();
  }

  @AfterEach
  final void closePairAndEndThreads() throws Exception {
    closePair();
    crew.end();
  }

  private void closePair() {
    ConnPair p = pair;
    if (p != null) {
      p.close();
    }
  }

  private ConnPair pair() {
    ConnPair p = pair;
    if (p == null) {
      throw new IllegalStateException("no case runs");
    }
    return p;
  }

  @Override
  public final Conn left() {
    return pair().left();
  }

  @Override
  public final Conn right() {
    return pair().right();
  }

  @Override
  public final ConnPair connect() throws IOException {
    return pairs.connect();
  }

  @Override
  public final Crew crew() {
    return crew;
  }
}
