package gonet.server;

/**
 * What {@link IdleWatch} remembers of a connection. Used by its thread alone. Every idle connection
 * has one, so of numbers that only matter by changing it keeps the lower half.
 */
class IdleState {
  static final int NOT_ASKED = -1;

  /** The connection's activity when it was last looked at. */
  int activity = -1;

  /** Bytes the other side had acknowledged when it was last asked about since then. */
  int acked = NOT_ASKED;

  /** Since when the activity has been the same; a moment of the monotonic clock. */
  long since;
}
