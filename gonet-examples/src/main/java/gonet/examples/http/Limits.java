package gonet.examples.http;

import java.time.Duration;

/**
 * What a client may cost. A connection holds at most {@link #headBytes} of input and a body of
 * {@link #bodyBytes}, and both only as far as they have arrived.
 *
 * <p>The rule for slow bodies is this program's own and no {@code gonet.live.MinRate}: that one
 * sees bytes, whatever they are, and cannot tell a head, which may take its whole time, from a
 * body, nor answer with 408, as HTTP wants it, before the connection ends.
 *
 * @param lineBytes the request line; longer is 414
 * @param headBytes request line and fields, or the trailer fields; longer is 431
 * @param bodyBytes the body; longer is 413
 * @param idle how long a connection may lie between two requests; then it is closed
 * @param head how long a head may take from its first byte on; longer is 408
 * @param body how long a body may take, besides a second for every {@link #bodyBytesPerSecond} that
 *     came; longer is 408
 * @param bodyBytesPerSecond slower than this a body must not be for long
 * @param write how long the client may take to make room for one write
 */
public record Limits(
    int lineBytes,
    int headBytes,
    int bodyBytes,
    Duration idle,
    Duration head,
    Duration body,
    int bodyBytesPerSecond,
    Duration write) {

  /** RFC 9112, section 3: request lines of 8000 bytes are to be expected. */
  public static Limits defaults() {
    return new Limits(
        8 * 1024,
        16 * 1024,
        16 * 1024 * 1024,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        16 * 1024,
        Duration.ofSeconds(30));
  }
}
