package gonet.internal.nio;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;

/** The backend over {@code java.nio.channels}. Immutable. */
public final class NioBackend implements Backend {
  private final Sockets sockets = new NioSockets();

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public Sockets sockets() {
    return sockets;
  }

  @Override
  public Readiness openReadiness() throws SyscallException {
    return new NioReadiness(NioReadiness.openSelector());
  }
}
