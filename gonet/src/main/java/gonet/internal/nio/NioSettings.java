package gonet.internal.nio;

import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import java.nio.channels.NetworkChannel;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options set on a descriptor before anybody knew whether it would listen, and later those that
 * its listening channel has no place for. Safe for any thread: one may set an option while another
 * accepts.
 */
final class NioSettings {
  /** Replaced as a whole under this object's monitor, never changed: readers take no lock. */
  private volatile Map<Option, Integer> values = Map.of();

  synchronized void remember(Option option, int value) {
    EnumMap<Option, Integer> copy = new EnumMap<>(Option.class);
    copy.putAll(values);
    copy.put(option, value);
    values = copy;
  }

  @Nullable Integer get(Option option) {
    return values.get(option);
  }

  /** Sets on a listening channel what it knows. */
  void replay(NetworkChannel listener) throws SyscallException {
    // The JDK switches it on by itself for listeners, except on Windows; socket(2) does not.
    NioOptions.set(listener, Option.REUSE_ADDR, values.getOrDefault(Option.REUSE_ADDR, 0));
    for (Map.Entry<Option, Integer> setting : values.entrySet()) {
      if (NioOptions.supports(listener, setting.getKey())) {
        NioOptions.set(listener, setting.getKey(), setting.getValue());
      }
    }
  }

  /** Gives an accepted socket what its listener did not know; the kernel passed on the rest. */
  void inherit(NetworkChannel listener, NetworkChannel accepted) {
    for (Map.Entry<Option, Integer> setting : values.entrySet()) {
      if (!NioOptions.supports(listener, setting.getKey())) {
        try {
          NioOptions.set(accepted, setting.getKey(), setting.getValue());
        } catch (SyscallException e) {
          // macOS refuses options on a socket whose peer has gone. The first read will say so.
        }
      }
    }
  }
}
