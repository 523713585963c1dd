package gonet;

import gonet.internal.layer.Passage;
import gonet.internal.poll.Splice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way from a connection down to its socket, for bytes that never leave the kernel: past layers
 * that only count what passes. Immutable; any thread.
 */
final class Way {
  private static final Way NONE = new Way(null, List.of());

  /** Null if a layer changes the bytes, or there is no socket. */
  private final @Nullable SocketConn socket;

  private final List<Passage> layers;

  private Way(@Nullable SocketConn socket, List<Passage> layers) {
    this.socket = socket;
    this.layers = List.copyOf(layers);
  }

  static Way of(Conn conn) {
    List<Passage> layers = new ArrayList<>();
    for (Conn at = conn; at != null; at = at.beneath()) {
      if (at instanceof SocketConn socket) {
        return new Way(socket, layers);
      }
      Passage passage = at.find(Passage.class);
      if (passage == null || !passage.layer().equals(at)) {
        return NONE;
      }
      layers.add(passage);
    }
    return NONE;
  }

  /** Whether bytes can go from socket to socket now: a layer may want to see them for a while. */
  static boolean possible(Way from, Way to) {
    return from.socket != null
        && to.socket != null
        && from.isOpen()
        && to.isOpen()
        && Splice.possible(from.socket.fd, to.socket.fd);
  }

  /** Whether bytes of a file can go to the socket now. */
  boolean takesFiles() {
    return socket != null && isOpen() && Splice.possible(socket.fd);
  }

  private boolean isOpen() {
    for (Passage layer : layers) {
      if (!layer.isOpen()) {
        return false;
      }
    }
    return true;
  }

  /** The socket, where {@link #possible} said so. */
  SocketConn socket() {
    return Objects.requireNonNull(socket);
  }

  void countRead(int n) {
    for (Passage layer : layers) {
      layer.countRead(n);
    }
  }

  void countWritten(long n) {
    for (Passage layer : layers) {
      layer.countWritten(n);
    }
  }
}
