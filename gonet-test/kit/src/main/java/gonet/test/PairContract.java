package gonet.test;

import gonet.Conn;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What contracts of connections have in common: a fresh pair for each case, threads of the wanted
 * kind, and the end of both.
 */
@LeakCheck
@Timeout(180) // behind the case's own watchdog, which tells more
abstract class PairContract implements Cases {

  private final ConnPairs pairs;
  private final Crew crew;

  @RegisterExtension final CallerThread callerThread;

  /** The pair of the case that runs; null outside of one. */
  private volatile @Nullable ConnPair pair;

  /**
   * @param callers the kind of every thread that calls the connections
   */
  PairContract(ConnPairs pairs, Callers callers) {
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
