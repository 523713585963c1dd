package gonet.internal.epoll;

import gonet.internal.backend.Backend;
import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.FirstCalls;
import gonet.internal.sys.NativeAccess;
import gonet.internal.time.OwnStack;

/** Linux' own sockets and epoll. */
public final class EpollBackend implements Backend {
  private final EpollSockets sockets = new EpollSockets();

  private EpollBackend() {}

  /**
   * Returns the backend once it is sure that libc can be called.
   *
   * @throws BackendUnavailableException when it cannot, which no later call may come across
   */
  public static EpollBackend open() throws BackendUnavailableException {
    NativeAccess.require();
    return new EpollBackend();
  }

  @Override
  public String name() {
    return "epoll";
  }

  @Override
  public Sockets sockets() {
    return sockets;
  }

  @Override
  public void walkThrough() {
    OwnStack.initialize(
        EpollBackend.class,
        "gonet.internal.epoll.EpollOptions$1",
        "gonet.internal.epoll.EpollSockets$1",
        "gonet.internal.epoll.EpollUnixDescriptor$1",
        "gonet.internal.epoll.EpollUdpDescriptor$1");
    FirstCalls.make();
  }

  @Override
  public EpollReadiness openReadiness() throws SyscallException {
    return EpollReadiness.open();
  }
}
