package gonet.internal.netpoll;

import gonet.internal.backend.Backend;
import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.epoll.EpollBackend;
import gonet.internal.nio.NioBackend;
import gonet.internal.poll.Pipes;
import gonet.internal.poll.Poller;
import gonet.internal.time.OwnStack;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The backend and the poller of this process: chosen and made at the first listen or dial, then
 * kept for good. Has no initializer: this class is the first that a call needs, and the call may
 * stand at the end of a stack. See {@link Start}.
 *
 * <p>{@code -Dgonet.backend=epoll|nio} chooses by name. Without it Linux gets epoll, also where the
 * JVM warns about native access, and nio where it denies it; every other system gets nio.
 *
 * <p>Immutable; any thread.
 */
public final class Netpoll {
  static final String PROPERTY = "gonet.backend";

  /** How to grant native access, in both forms. */
  public static final String GRANT =
      "start java with --enable-native-access=ALL-UNNAMED (gonet on the class path)"
          + " or --enable-native-access=gonet (on the module path)";

  /**
   * Written under the class' monitor. Stays null while making one fails, so that a later try can.
   */
  private static volatile @Nullable Netpoll instance;

  /** What {@link Lanes#carrierPossible} needs has been initialized. Races repeat it. */
  private static volatile boolean askedForCarriers;

  /** Of tests, see {@link #others}. */
  private static volatile @Nullable Supplier<@Nullable Netpoll> others;

  /** Null before the first try. Guarded by the class' monitor. */
  private static @Nullable Start start;

  private final Backend backend;
  private final Sockets sockets;
  private final Poller poller;
  private final Pipes pipes;

  Netpoll(Backend backend) throws LaneUnavailableException, SyscallException {
    this(backend, poller(backend));
  }

  private Netpoll(Backend backend, Poller poller) {
    this.backend = backend;
    this.sockets = backend.sockets();
    this.poller = poller;
    this.pipes = new Pipes(sockets, poller);
  }

  private static Poller poller(Backend backend) throws LaneUnavailableException, SyscallException {
    Poller own = Lanes.carrier(backend);
    return own != null ? own : Poller.over(backend.openReadiness());
  }

  /** For tests: one beside the process' own. */
  public static Netpoll of(Backend backend, Poller poller) {
    return new Netpoll(backend, poller);
  }

  /**
   * For tests that simulate machines: which netpoll the current thread has. Asked for each listen,
   * dial and new thread, and by nothing that reads or writes.
   *
   * @param chooser answers null for a thread that has the process' own
   */
  public static void others(Supplier<@Nullable Netpoll> chooser) {
    others = chooser;
  }

  private static @Nullable Netpoll other() {
    Supplier<@Nullable Netpoll> chooser = others;
    return chooser == null ? null : chooser.get();
  }

  /**
   * The process' own, made now if need be.
   *
   * @throws BackendUnavailableException when epoll was asked for by name and cannot be had
   * @throws LaneUnavailableException when the carrier lane was asked for by name and cannot be had
   * @throws SyscallException when the system fails
   * @throws IllegalArgumentException when a property names no backend or no lane
   */
  public static Netpoll get()
      throws BackendUnavailableException, LaneUnavailableException, SyscallException {
    Netpoll existing = existing();
    return existing != null ? existing : create();
  }

  /** The process' own if there is one already. */
  public static @Nullable Netpoll existing() {
    Netpoll other = other();
    return other != null ? other : instance;
  }

  /**
   * A new builder of virtual threads that run where gonet's do. Makes the poller only if it may
   * have carriers of its own; what hinders that is told to whoever listens or dials.
   */
  public static Thread.Builder.OfVirtual threads() {
    Netpoll existing = existing();
    if (existing == null && !askedForCarriers) {
      OwnStack.run("gonet-start", new CarrierQuestion());
      askedForCarriers = true;
    }
    if (existing == null && Lanes.carrierPossible()) {
      try {
        existing = create();
      } catch (BackendUnavailableException
          | LaneUnavailableException
          | SyscallException
          | RuntimeException e) {
        return Thread.ofVirtual();
      }
    }
    return existing == null ? Thread.ofVirtual() : existing.poller.threads();
  }

  private record CarrierQuestion() implements Runnable {
    @Override
    public void run() {
      var _ = Lanes.carrierPossible();
    }
  }

  /** Opens sockets. */
  public Sockets sockets() {
    return sockets;
  }

  /** Watches them. */
  public Poller poller() {
    return poller;
  }

  /** What bytes go through from socket to socket. */
  public Pipes pipes() {
    return pipes;
  }

  /** The backend's name. */
  public String backend() {
    return backend.name();
  }

  private static synchronized Netpoll create()
      throws BackendUnavailableException, LaneUnavailableException, SyscallException {
    Netpoll made = instance;
    if (made == null) {
      Start step = start;
      if (step == null) {
        step = new Start();
        start = step;
      }
      made = step.run();
      instance = made;
      start = null;
    }
    return made;
  }

  static Backend choose() throws BackendUnavailableException {
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "epoll" -> EpollBackend.open();
      case "nio" -> new NioBackend();
      case "" -> automatic();
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + name + "\", neither \"epoll\" nor \"nio\"");
    };
  }

  private static Backend automatic() {
    if (!isLinux()) {
      return new NioBackend();
    }
    try {
      return EpollBackend.open();
    } catch (BackendUnavailableException e) {
      System.getLogger("gonet")
          .log(
              System.Logger.Level.WARNING,
              "gonet runs on java.nio, slower and with fewer options: {0}."
                  + " For epoll "
                  + GRANT
                  + "; -D{1}=nio ends this warning",
              e.getMessage(),
              PROPERTY);
      return new NioBackend();
    }
  }

  static boolean isLinux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }
}
