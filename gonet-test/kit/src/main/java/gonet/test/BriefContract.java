package gonet.test;

/**
 * A choice of {@link ConnContract} for one more arrangement of layers that each had the whole: the
 * cases of Go's {@code nettest}, interrupts, and waits without a buffer.
 */
public abstract class BriefContract extends PairContract
    implements NettestCases, InterruptCases, AwaitReadableCases {

  /**
   * @param callers the kind of every thread that calls the connections
   */
  protected BriefContract(ConnPairs pairs, Callers callers) {
    super(pairs, callers);
  }
}
