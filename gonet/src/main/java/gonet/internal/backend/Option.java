package gonet.internal.backend;

/** The socket options gonet knows by name. Values are integers; switches are 0 and 1. */
public enum Option {
  REUSE_ADDR,
  REUSE_PORT,
  V6_ONLY,
  BROADCAST,
  /** SO_RCVBUF, bytes as set, and told as they were set although Linux doubles them (socket(7)). */
  RECEIVE_BUFFER,
  /** SO_SNDBUF, as {@link #RECEIVE_BUFFER}. */
  SEND_BUFFER,
  KEEP_ALIVE,
  /** TCP_KEEPIDLE, seconds. */
  KEEP_IDLE,
  /** TCP_KEEPINTVL, seconds. */
  KEEP_INTERVAL,
  /** TCP_KEEPCNT, probes. */
  KEEP_COUNT,
  NO_DELAY,
  QUICK_ACK,
  /** TCP_USER_TIMEOUT, milliseconds, 0 for the system's own. */
  USER_TIMEOUT,
  /** SO_LINGER, seconds; −1 for off. */
  LINGER,
  /** IP_TOS and IPV6_TCLASS, 0 to 255. */
  TRAFFIC_CLASS,
  /** TCP_DEFER_ACCEPT, seconds. */
  DEFER_ACCEPT,
  /** TCP_FASTOPEN, length of the queue. */
  FAST_OPEN,
  /** TCP_CORK. */
  CORK,
  /** TCP_NOTSENT_LOWAT, bytes. */
  NOT_SENT_LOW_WATER
}
