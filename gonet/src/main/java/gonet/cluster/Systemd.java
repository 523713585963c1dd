package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.PacketConn;
import gonet.UnixAddr;
import gonet.UnixgramConn;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What systemd hands to the process it starts, and wants to hear from it: sockets that are open
 * before the program is (sd_listen_fds(3)), and a place for its news (sd_notify(3)).
 *
 * {@snippet :
 * Systemd systemd = Systemd.current();
 * List<Listener> passed = systemd.listeners();
 * Listener listener = passed.isEmpty() ? Net.listen("tcp", "0.0.0.0:7099") : passed.getFirst();
 * Server server = Server.builder().listener(listener).handler(conn -> serve(conn)).start();
 * systemd.ready();
 * }
 *
 * <p>Under another parent, or none, there are no sockets and nobody to tell: every method may be
 * called all the same. Needs the epoll backend, where there is something to adopt or to tell. Any
 * thread.
 *
 * @since 0.1
 */
public final class Systemd {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /** SD_LISTEN_FDS_START. */
  private static final int FIRST = 3;

  /** How systemd calls a socket whose unit says no name. */
  private static final String UNNAMED = "unknown";

  /** What is said to one process, by its number, and not to those that it starts. */
  private static final List<String> OF_ONE_PROCESS =
      List.of("LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID");

  private final Map<String, String> env;
  private final long pid;
  private final int first;

  private Systemd(Map<String, String> env, long pid, int first) {
    this.env = env;
    this.pid = pid;
    this.first = first;
  }

  /** What this process was started with. */
  public static Systemd current() {
    return of(System.getenv(), ProcessHandle.current().pid(), FIRST);
  }

  static Systemd of(Map<String, String> env, long pid, int first) {
    return new Systemd(env, pid, first);
  }

  /**
   * For a process that takes this one's place: systemd hears its watchdog as it heard this one's,
   * since a variable that is missing means whoever reads the others.
   */
  static void cleanForSuccessor(Map<String, String> env) {
    OF_ONE_PROCESS.forEach(env::remove);
  }

  // ---- sockets ---------------------------------------------------------------------------------

  /**
   * A socket that was passed, adopted by {@link Net#fileListener} or {@link Net#filePacketConn}.
   *
   * @param name {@code FileDescriptorName=} of the unit, {@code unknown} if it says none
   * @param number the descriptor, which stays open whatever becomes of the adopted duplicate
   * @since 0.1
   */
  public record Passed(String name, int number) {
    /** Adopts it: {@link Net#fileListener}. */
    public Listener listener() throws IOException {
      return Net.fileListener(number);
    }

    /** Adopts it: {@link Net#filePacketConn}. */
    public PacketConn packetConn() throws IOException {
      return Net.filePacketConn(number);
    }
  }

  /**
   * The sockets, in the order of the unit; none if they are meant for another process. Variables
   * {@code LISTEN_PID}, {@code LISTEN_FDS}, {@code LISTEN_FDNAMES}.
   */
  public List<Passed> passed() {
    if (!Long.toString(pid).equals(env.get("LISTEN_PID"))) {
      return List.of();
    }
    int count = (int) number("LISTEN_FDS");
    String[] names = Objects.requireNonNullElse(env.get("LISTEN_FDNAMES"), "").split(":", -1);
    List<Passed> passed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean named = i < names.length && !names[i].isEmpty();
      passed.add(new Passed(named ? names[i] : UNNAMED, first + i));
    }
    return List.copyOf(passed);
  }

  /**
   * All of them as listeners, which are the caller's to close. A second call adopts them again.
   *
   * @throws gonet.NetSocketException if one is no listener; none is left adopted then
   */
  public List<Listener> listeners() throws IOException {
    List<Listener> listeners = new ArrayList<>();
    boolean whole = false;
    try {
      for (Passed each : passed()) {
        listeners.add(each.listener());
      }
      whole = true;
      return List.copyOf(listeners);
    } finally {
      if (!whole) {
        listeners.forEach(Listener::close);
      }
    }
  }

  // ---- news ------------------------------------------------------------------------------------

  /** The service serves: {@code READY=1}, for units of {@code Type=notify}. */
  public void ready() {
    var _ = notify("READY=1");
  }

  /** It reads its settings anew, and says {@link #ready} afterwards: {@code RELOADING=1}. */
  public void reloading() {
    // CLOCK_MONOTONIC, which is what System.nanoTime reads on Linux.
    var _ = notify("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /**
   * It has begun to end: {@code STOPPING=1}. Of the whole service: not when this process ends
   * behind a {@link HandOver}, since systemd would end the new one as well.
   */
  public void stopping() {
    var _ = notify("STOPPING=1");
  }

  /** A line for people, which {@code systemctl status} shows: {@code STATUS=}. */
  public void status(String text) {
    var _ = notify("STATUS=" + text.replace('\n', ' '));
  }

  /**
   * The main process is another one from now on, as after a {@link HandOver}: {@code MAINPID=}. The
   * unit needs {@code NotifyAccess=all} for one that it has not started.
   */
  public void mainProcess(long pid) {
    var _ = notify("MAINPID=" + pid);
  }

  /**
   * Sends lines of sd_notify(3). A failure is logged and changes nothing: a service does not end
   * because nobody listens to its news.
   *
   * @return whether somebody was there to hear it
   */
  public boolean notify(String lines) {
    String socket = env.get("NOTIFY_SOCKET");
    if (socket == null || socket.isEmpty()) {
      return false;
    }
    try (UnixgramConn conn = ListenConfig.defaults().listenUnixgram("")) {
      conn.setWriteTimeout(Duration.ofSeconds(1));
      conn.send(ByteBuffer.wrap(lines.getBytes(UTF_8)), UnixAddr.of("unixgram", socket));
      return true;
    } catch (IOException | RuntimeException | Error e) { // a watchdog goes on
      LOG.log(Level.WARNING, "systemd does not hear: " + lines, e);
      return false;
    }
  }

  /**
   * How often systemd wants to hear that the service lives, null if it does not: {@code
   * WatchdogSec=} of the unit.
   */
  public @Nullable Duration watchdog() {
    String target = env.get("WATCHDOG_PID");
    long micros = number("WATCHDOG_USEC");
    if (micros == 0 || (target != null && !target.equals(Long.toString(pid)))) {
      return null;
    }
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  /**
   * Tells systemd that the service lives, twice in each {@link #watchdog} interval, from a thread
   * of {@link Net#go}: where handlers' threads do not come to run any more, neither does this one.
   *
   * @param healthy asked each time; false, or a failure, tells nothing, and systemd will act
   * @return the thread, which an interrupt ends; null if systemd does not want it
   */
  public @Nullable Thread startWatchdog(BooleanSupplier healthy) {
    Objects.requireNonNull(healthy, "healthy");
    Duration interval = watchdog();
    return interval == null
        ? null
        : Net.go("gonet-watchdog", () -> watch(healthy, interval.dividedBy(2)));
  }

  private void watch(BooleanSupplier healthy, Duration pause) {
    try {
      for (; ; ) {
        if (isWell(healthy)) {
          var _ = notify("WATCHDOG=1");
        }
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      // The program's wish.
    }
  }

  private static boolean isWell(BooleanSupplier healthy) {
    try {
      return healthy.getAsBoolean();
    } catch (RuntimeException | Error e) { // the next time it may
      LOG.log(Level.WARNING, "the service could not say whether it is well", e);
      return false;
    }
  }

  /** 0 for none, and for what is no number. */
  private long number(String name) {
    try {
      return Math.max(0, Long.parseLong(Objects.requireNonNullElse(env.get(name), "0")));
    } catch (NumberFormatException e) {
      LOG.log(Level.WARNING, name + " is no number: " + env.get(name));
      return 0;
    }
  }
}
