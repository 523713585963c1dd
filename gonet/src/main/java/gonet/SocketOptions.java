package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The checked way from a user's value to a socket option, and back. The options of the JDK and of
 * {@link TcpSocketOptions} go by name: {@code jdk.net.ExtendedSocketOptions} are found without a
 * dependency on their module.
 */
final class SocketOptions {

  /** What stands behind a name. Switches are Booleans, all others are Integers from min to max. */
  record Known(Option option, int min, int max) {

    /** The kernel's integer for a user's value. */
    <T> int toInt(SocketOption<T> name, @Nullable T value) {
      if (value == null) {
        throw new IllegalArgumentException(name.name() + " is null");
      }
      if (value instanceof Boolean on) {
        return on ? 1 : 0;
      }
      if (value instanceof Integer number && number >= min && number <= max) {
        return number;
      }
      throw new IllegalArgumentException(
          name.name() + " is " + value + ", not between " + min + " and " + max);
    }

    /** The user's value for the kernel's integer. */
    <T> T fromInt(SocketOption<T> name, int value) {
      return name.type() == Boolean.class
          ? name.type().cast(value != 0)
          : name.type().cast(Integer.valueOf(value));
    }
  }

  /** The JDK's limit; the kernel would take more. */
  static final int MAX_LINGER_SECONDS = 65535;

  private static final int ANY = Integer.MAX_VALUE;

  // Constants, because a lambda that is linked at the end of a stack stays broken, too.

  private static final FD.Use<Set<SocketOption<?>>> SUPPORTED = SocketOptions::supported;

  private static final Map<String, Known> BY_NAME =
      Map.ofEntries(
          Map.entry("SO_RCVBUF", new Known(Option.RECEIVE_BUFFER, 1, ANY)),
          Map.entry("SO_SNDBUF", new Known(Option.SEND_BUFFER, 1, ANY)),
          Map.entry("SO_KEEPALIVE", new Known(Option.KEEP_ALIVE, 0, 1)),
          Map.entry("SO_LINGER", new Known(Option.LINGER, -ANY, MAX_LINGER_SECONDS)),
          Map.entry("SO_REUSEADDR", new Known(Option.REUSE_ADDR, 0, 1)),
          Map.entry("SO_REUSEPORT", new Known(Option.REUSE_PORT, 0, 1)),
          Map.entry("IP_TOS", new Known(Option.TRAFFIC_CLASS, 0, 255)),
          Map.entry("SO_BROADCAST", new Known(Option.BROADCAST, 0, 1)),
          Map.entry("IP_MULTICAST_TTL", new Known(Option.MULTICAST_HOP_LIMIT, 0, 255)),
          Map.entry("IP_MULTICAST_LOOP", new Known(Option.MULTICAST_LOOP, 0, 1)),
          Map.entry("TCP_NODELAY", new Known(Option.NO_DELAY, 0, 1)),
          Map.entry("TCP_QUICKACK", new Known(Option.QUICK_ACK, 0, 1)),
          Map.entry("TCP_KEEPIDLE", new Known(Option.KEEP_IDLE, 1, KeepAlive.MAX_SECONDS)),
          Map.entry("TCP_KEEPINTERVAL", new Known(Option.KEEP_INTERVAL, 1, KeepAlive.MAX_SECONDS)),
          Map.entry("TCP_KEEPCOUNT", new Known(Option.KEEP_COUNT, 1, KeepAlive.MAX_COUNT)),
          Map.entry("TCP_USER_TIMEOUT", new Known(Option.USER_TIMEOUT, 0, ANY)),
          Map.entry("TCP_DEFER_ACCEPT", new Known(Option.DEFER_ACCEPT, 0, ANY)),
          Map.entry("TCP_FASTOPEN", new Known(Option.FAST_OPEN, 0, ANY)),
          Map.entry("TCP_FASTOPEN_CONNECT", new Known(Option.FAST_OPEN_CONNECT, 0, 1)),
          Map.entry("TCP_CORK", new Known(Option.CORK, 0, 1)),
          Map.entry("TCP_NOTSENT_LOWAT", new Known(Option.NOT_SENT_LOW_WATER, 0, ANY)));

  private static final List<SocketOption<?>> NAMED =
      List.of(
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_KEEPALIVE,
          StandardSocketOptions.SO_LINGER,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.IP_TOS,
          StandardSocketOptions.SO_BROADCAST,
          StandardSocketOptions.IP_MULTICAST_TTL,
          StandardSocketOptions.IP_MULTICAST_LOOP,
          StandardSocketOptions.TCP_NODELAY,
          TcpSocketOptions.TCP_USER_TIMEOUT,
          TcpSocketOptions.TCP_DEFER_ACCEPT,
          TcpSocketOptions.TCP_FASTOPEN,
          TcpSocketOptions.TCP_FASTOPEN_CONNECT,
          TcpSocketOptions.TCP_CORK,
          TcpSocketOptions.TCP_NOTSENT_LOWAT);

  private SocketOptions() {}

  /**
   * What stands behind an option.
   *
   * @throws UnsupportedOperationException for an option that has no name here
   */
  static Known of(SocketOption<?> name) {
    Known known = BY_NAME.get(Objects.requireNonNull(name, "option").name());
    if (known == null || (name.type() != Integer.class && name.type() != Boolean.class)) {
      throw new UnsupportedOperationException("no option of gonet's: " + name.name());
    }
    return known;
  }

  /** Sets an option, as {@link NetSocket#setOption} says; closing stays off the carriers. */
  static <T> void set(FD fd, SocketOption<T> name, T value, Supplier<Op> op) throws IOException {
    Known known = of(name);
    int raw = known.toInt(name, value);
    if (known.option() == Option.LINGER) {
      linger(fd, raw, op);
    } else {
      set(fd, known.option(), raw, name.name(), op);
    }
  }

  /** The value of an option. */
  static <T> T get(FD fd, SocketOption<T> name, Supplier<Op> op) throws IOException {
    Known known = of(name);
    return known.fromInt(name, get(fd, known.option(), name.name(), op));
  }

  static boolean isLinger(SocketOption<?> name) {
    return of(name).option() == Option.LINGER;
  }

  private record Setting(Option option, int value) implements FD.Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      descriptor.setOption(option, value);
      return value;
    }
  }

  private record Getting(Option option) implements FD.Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      return descriptor.getOption(option);
    }
  }

  /** Sets any but SO_LINGER. */
  static void set(FD fd, Option option, int value, Supplier<Op> op) throws IOException {
    set(fd, option, value, option.name(), op);
  }

  private static void set(FD fd, Option option, int value, String name, Supplier<Op> op)
      throws IOException {
    try {
      fd.use(new Setting(option, value));
    } catch (FDException e) {
      throw failure(name, e, op);
    }
  }

  static int get(FD fd, Option option, Supplier<Op> op) throws IOException {
    return get(fd, option, option.name(), op);
  }

  private static int get(FD fd, Option option, String name, Supplier<Op> op) throws IOException {
    try {
      return fd.use(new Getting(option));
    } catch (FDException e) {
      throw failure(name, e, op);
    }
  }

  /** SO_LINGER: seconds, negative for off. */
  static void linger(FD fd, int seconds, Supplier<Op> op) throws IOException {
    try {
      fd.linger(Math.max(seconds, -1));
    } catch (FDException e) {
      throw failure("linger", e, op);
    }
  }

  static Set<SocketOption<?>> supported(FD fd, Supplier<Op> op) throws IOException {
    try {
      return fd.use(SUPPORTED);
    } catch (FDException e) {
      throw OpErrors.of(op.get(), e);
    }
  }

  /** The options this backend has, under the names that need no further module. */
  static Set<SocketOption<?>> supported(Descriptor d) {
    Set<SocketOption<?>> all = new LinkedHashSet<>();
    for (SocketOption<?> name : NAMED) {
      if (d.supports(of(name).option())) {
        all.add(name);
      }
    }
    return all;
  }

  // ---- values that have a method of their own --------------------------------------------------

  /** 0 for null, the system's own. */
  static int userTimeoutMillis(@Nullable Duration timeout) {
    return timeout == null ? 0 : Durations.millis(timeout, "user timeout", 1, Integer.MAX_VALUE);
  }

  /** 0 for null, the system's own. */
  static int bufferBytes(@Nullable Integer bytes, String name) {
    if (bytes == null) {
      return 0;
    }
    if (bytes <= 0) {
      throw new IllegalArgumentException(name + " is " + bytes + " bytes, not above 0");
    }
    return bytes;
  }

  /** −1 for null, the system's own. */
  static int trafficClass(@Nullable Integer value) {
    if (value == null) {
      return -1;
    }
    if (value < 0 || value > 255) {
      throw new IllegalArgumentException("traffic class is " + value + ", not between 0 and 255");
    }
    return value;
  }

  /** A TTL or hop limit from {@code min} to 255. */
  static int hopLimit(int hops, int min) {
    if (hops < min || hops > 255) {
      throw new IllegalArgumentException(
          "hop limit is " + hops + ", not between " + min + " and 255");
    }
    return hops;
  }

  // ---- failures --------------------------------------------------------------------------------

  /** ENOPROTOOPT is how a backend says that it has no such option: no fault of the socket. */
  static IOException failure(String what, FDException e, Supplier<Op> op) {
    if (e.kind() == FDException.Kind.SYSCALL && e.errno() == Errno.ENOPROTOOPT) {
      throw new UnsupportedOperationException(what + " is not available here: " + e.getMessage());
    }
    return OpErrors.of(op.get(), e);
  }
}
