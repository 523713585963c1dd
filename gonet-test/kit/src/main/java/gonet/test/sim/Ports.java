package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which sockets of one protocol a machine's ports have. Confined to the carrier. */
final class Ports<S extends Ports.Holder<S>> {
  static final int EPHEMERAL = 28232;
  private static final int FIRST_EPHEMERAL = 32768;

  /** A socket that may have a port. */
  interface Holder<S> {
    /** Whether it cannot be bound to {@code addr} beside another one of the same port. */
    boolean conflicts(S other, Addr addr);
  }

  private final Map<Integer, List<S>> bound = new LinkedHashMap<>();
  private int next;

  /**
   * @param first where the search for free ports begins, below {@link #EPHEMERAL}
   */
  Ports(int first) {
    next = first;
  }

  /** The address with a port that the socket may have: the wanted one, or a free one for 0. */
  AddrPort choose(S socket, AddrPort wanted) throws SyscallException {
    int port = wanted.port();
    if (port == 0) {
      port = free();
      if (port == 0) {
        throw new SyscallException("bind", Errno.EADDRINUSE);
      }
    } else {
      for (S other : on(port)) {
        if (socket.conflicts(other, wanted.addr())) {
          throw new SyscallException("bind", Errno.EADDRINUSE);
        }
      }
    }
    return AddrPort.of(wanted.addr(), port);
  }

  void add(int port, S socket) {
    bound.computeIfAbsent(port, _ -> new ArrayList<>()).add(socket);
  }

  void remove(int port, S socket) {
    List<S> same = bound.get(port);
    if (same != null) {
      same.remove(socket);
      if (same.isEmpty()) {
        bound.remove(port);
      }
    }
  }

  List<S> on(int port) {
    return bound.getOrDefault(port, List.of());
  }

  /** A port that nobody has; 0 if there is none. */
  int free() {
    for (int i = 0; i < EPHEMERAL; i++) {
      int port = FIRST_EPHEMERAL + (next + i) % EPHEMERAL;
      if (on(port).isEmpty()) {
        next = (next + i + 1) % EPHEMERAL;
        return port;
      }
    }
    return 0;
  }

  void clear() {
    bound.clear();
  }
}
