package gonet.live;

import gonet.Conn;
import gonet.NetFailure;
import gonet.OpFailure;
import java.io.Serial;
import java.net.SocketException;
import java.time.Duration;

/**
 * A peer gave no sign of life in spite of a {@link Heartbeat}'s pings. The connection has been
 * aborted.
 *
 * @since 0.1
 */
public final class PeerLostException extends SocketException implements NetFailure {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;
  private final int missed;
  private final Duration silence;

  PeerLostException(Conn conn, int missed, Duration silence) {
    this(
        OpFailure.of(
                "read",
                conn,
                "peer lost: no answer to " + missed + " pings, silent for " + text(silence))
            .asTimeout(),
        missed,
        silence);
  }

  private PeerLostException(OpFailure failure, int missed, Duration silence) {
    super(failure.message());
    this.failure = failure;
    this.missed = missed;
    this.silence = silence;
  }

  private static String text(Duration silence) {
    return silence.toMillis() / 1000.0 + " s";
  }

  /** The pings without an answer. */
  public int missed() {
    return missed;
  }

  /** How long nothing had arrived while a thread waited for it. */
  public Duration silence() {
    return silence;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
