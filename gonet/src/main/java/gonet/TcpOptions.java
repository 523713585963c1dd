package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The checked way from a user's value to a socket option, and back. */
final class TcpOptions {
  private TcpOptions() {}

  /** The switch first, as a probe timer starts with the numbers that are set then. */
  static void keepAlive(Descriptor d, KeepAlive config) throws SyscallException {
    setUnlessSystem(d, Option.KEEP_IDLE, config.idleSeconds());
    setUnlessSystem(d, Option.KEEP_INTERVAL, config.intervalSeconds());
    setUnlessSystem(d, Option.KEEP_COUNT, config.probes());
    d.setOption(Option.KEEP_ALIVE, config.enabled() ? 1 : 0);
  }

  static KeepAlive keepAlive(Descriptor d) throws SyscallException {
    KeepAlive numbers =
        KeepAlive.of(
            Duration.ofSeconds(d.getOption(Option.KEEP_IDLE)),
            Duration.ofSeconds(d.getOption(Option.KEEP_INTERVAL)),
            d.getOption(Option.KEEP_COUNT));
    return d.getOption(Option.KEEP_ALIVE) != 0 ? numbers : numbers.disabled();
  }

  /** A system without one of the numbers keeps its own; the switch is everywhere. */
  private static void setUnlessSystem(Descriptor d, Option option, int value)
      throws SyscallException {
    if (value == KeepAlive.SYSTEM) {
      return;
    }
    try {
      d.setOption(option, value);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOPROTOOPT) {
        throw e;
      }
    }
  }

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
}
