package gonet;

import gonet.internal.backend.Backend;
import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Hooks;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.epoll.EpollBackend;
import gonet.internal.nio.NioBackend;
import gonet.internal.poll.Pipes;
import gonet.internal.poll.Poller;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The backend and the poller of this process: chosen and made at the first listen or dial, then
 * kept for good.
 *
 * <p>{@code -Dgonet.backend=epoll|nio} chooses by name. Without it Linux gets epoll, also where the
 * JVM warns about native access, and nio where it denies it; every other system gets nio.
 *
 * <p>Immutable; any thread.
 */
final class Netpoll {
  static final String PROPERTY = "gonet.backend";

  private static final System.Logger LOG = System.getLogger("gonet");

  /**
   * Written under the class' monitor. Stays null while making one fails, so that a later try can.
   */
  private static volatile @Nullable Netpoll instance;

  private final Backend backend;
  private final Sockets sockets;
  private final Poller poller;
  private final Pipes pipes;

  private Netpoll(Backend backend, Op op) throws IOException, SyscallException {
    this.backend = backend;
    this.sockets = backend.sockets();
    Poller own = Lanes.carrier(backend, op);
    this.poller = own != null ? own : Poller.over(backend.openReadiness());
    this.pipes = new Pipes(sockets, poller);
  }

  /**
   * The process' own, made now if need be.
   *
   * @param op for whom, in the text of a failure
   * @throws NativeAccessException when epoll was asked for by name and cannot be had
   * @throws IllegalArgumentException when {@code gonet.backend} names no backend
   */
  static Netpoll get(Op op) throws IOException {
    Netpoll existing = instance;
    return existing != null ? existing : create(op);
  }

  /** The process' own if there is one already. */
  static @Nullable Netpoll existing() {
    return instance;
  }

  /**
   * The poller whose threads are gonet's, null if any virtual thread will do. Made now only if it
   * may have carriers of its own; what hinders that is told to whoever listens or dials.
   */
  static @Nullable Poller forThreads() {
    Netpoll existing = instance;
    if (existing == null && Lanes.carrierPossible()) {
      try {
        existing = create(new Op(Op.LISTEN, "tcp", null, null));
      } catch (IOException | RuntimeException e) {
        return null;
      }
    }
    return existing == null ? null : existing.poller;
  }

  Sockets sockets() {
    return sockets;
  }

  Poller poller() {
    return poller;
  }

  /** What bytes go through from socket to socket. */
  Pipes pipes() {
    return pipes;
  }

  String backend() {
    return backend.name();
  }

  private static synchronized Netpoll create(Op op) throws IOException {
    Netpoll made = instance;
    if (made == null) {
      ClassFiles.load();
      try {
        made = new Netpoll(Hooks.decorate(choose(op)), op);
      } catch (SyscallException e) {
        throw OpErrors.syscall(op, e);
      }
      instance = made;
    }
    return made;
  }

  private static Backend choose(Op op) throws IOException {
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "epoll" -> {
        try {
          yield EpollBackend.open();
        } catch (BackendUnavailableException e) {
          throw OpErrors.nativeAccess(op, e);
        }
      }
      case "nio" -> new NioBackend();
      case "" -> automatic();
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + name + "\", neither \"epoll\" nor \"nio\"");
    };
  }

  private static Backend automatic() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return new NioBackend();
    }
    try {
      return EpollBackend.open();
    } catch (BackendUnavailableException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "gonet runs on java.nio, slower and with fewer options: {0}."
              + " For epoll "
              + OpErrors.GRANT
              + "; -D{1}=nio ends this warning",
          e.getMessage(),
          PROPERTY);
      return new NioBackend();
    }
  }
}
