package gonet.internal.netpoll;

/**
 * The carrier lane was asked for by name and cannot be had; the message says why. Stays inside
 * gonet: the API makes the exception that a user sees out of it.
 */
public final class LaneUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  LaneUnavailableException(String why) {
    super(why);
  }
}
