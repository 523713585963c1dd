package gonet.test.load;

/** What each connection does. */
enum Mode {
  /** Sends a request and waits for as many bytes back. */
  ECHO,
  /** The same over a single connection, unless another number is asked for. */
  PINGPONG,
  /** Keeps several requests in flight. */
  PIPELINED,
  /** Connects, sends one request, gets its echo, closes; again and again. */
  CHURN,
  /** Connects and stays quiet; notices when the server ends it. */
  IDLE,
  /** Writes as fast as the server reads, and reads what comes back. */
  BULK
}
