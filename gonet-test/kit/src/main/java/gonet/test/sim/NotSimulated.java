package gonet.test.sim;

/** A program has asked for something that a simulation does not have. The run fails with it. */
final class NotSimulated extends UnsupportedOperationException {
  private static final long serialVersionUID = 1L;

  NotSimulated(String what) {
    super("not simulated: " + what);
  }
}
