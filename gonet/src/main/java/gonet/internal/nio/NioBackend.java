package gonet.internal.nio;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.OwnStack;

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
  public void walkThrough() {
    OwnStack.initialize(
        NioBackend.class,
        "gonet.internal.nio.NioDescriptor",
        "gonet.internal.nio.NioErrors",
        "gonet.internal.nio.NioOptions$1",
        "gonet.internal.nio.NioSockets",
        "gonet.internal.nio.NioUdpDescriptor",
        "java.nio.channels.SelectionKey",
        "java.nio.channels.spi.AbstractSelectionKey",
        "sun.nio.ch.SelectionKeyImpl",
        "sun.nio.ch.IOVecWrapper",
        "sun.nio.ch.NativeObject");
  }

  @Override
  public Readiness openReadiness() throws SyscallException {
    return new NioReadiness(NioReadiness.openSelector());
  }
}
