package gonet;

/** What {@link IdleWatch} remembers of a connection. Used by its thread alone. */
final class IdleState {
  static final long NOT_ASKED = -1;

  /** The connection's activity when it was last looked at. */
  long activity = -1;

  /** Since when it has been the same; a moment of the monotonic clock. */
  long since;

  /** Bytes the other side had acknowledged when it was last asked about in that time. */
  long acked = NOT_ASKED;

  /** It was told by a deadline already. */
  boolean told;
}
