package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import org.jspecify.annotations.Nullable;

/** Keepalive of a {@link TcpSocket}: asks a silent peer, and ends what nobody answers. */
final class PeerWatch {
  private final TcpSocket socket;
  private final TcpSender sender;
  private Time.@Nullable Event timer;
  private long heardAt;
  private int probes;

  PeerWatch(TcpSocket socket, TcpSender sender) {
    this.socket = socket;
    this.sender = sender;
  }

  /** A segment of the peer has come. */
  void heard() {
    heardAt = time().now();
    probes = 0;
  }

  /** Begins anew, by the options as they are now. */
  void begin() {
    stop();
    if (wanted()) {
      probes = 0;
      timer = time().after(seconds(Option.KEEP_IDLE), this::look);
    }
  }

  void stop() {
    Time.Event armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }

  private Time time() {
    return socket.machine.time();
  }

  private boolean wanted() {
    return socket.on(Option.KEEP_ALIVE) && socket.established();
  }

  private long seconds(Option option) {
    return socket.get(option) * 1_000_000_000L;
  }

  private void look() {
    timer = null;
    if (!wanted()) {
      return;
    }
    long silent = time().now() - heardAt;
    if (probes == 0 && silent < seconds(Option.KEEP_IDLE)) {
      timer = time().after(seconds(Option.KEEP_IDLE) - silent, this::look);
      return;
    }
    int limit = socket.get(Option.USER_TIMEOUT);
    boolean dead =
        limit > 0
            ? probes > 0 && silent >= limit * 1_000_000L
            : probes >= socket.get(Option.KEEP_COUNT);
    if (dead) {
      socket.send(Segment.RST | Segment.ACK, sender.next(), Segment.NOTHING);
      socket.fail(Errno.ETIMEDOUT);
      return;
    }
    if (sender.idle()) { // otherwise the retransmission looks after the peer
      probes++;
      sender.probe();
    }
    timer = time().after(seconds(Option.KEEP_INTERVAL), this::look);
  }
}
