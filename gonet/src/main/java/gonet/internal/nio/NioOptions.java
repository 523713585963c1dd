package gonet.internal.nio;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/**
 * gonet's options on a channel. They are found by the name each channel lists, so that options of
 * {@code jdk.net} work where that module is present without this one requiring it.
 */
final class NioOptions {
  private NioOptions() {}

  static boolean supports(NetworkChannel channel, Option option) {
    return find(channel, option) != null;
  }

  static void set(NetworkChannel channel, Option option, int value) throws SyscallException {
    SocketOption<?> found = find(channel, option);
    if (found == null) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    }
    try {
      set(channel, found, value);
    } catch (UnsupportedOperationException e) {
      throw new SyscallException("setsockopt", Errno.ENOPROTOOPT);
    } catch (IOException | IllegalArgumentException e) {
      throw new SyscallException("setsockopt", NioErrors.errno(e));
    }
  }

  @SuppressWarnings("unchecked") // The option's own type() was asked just before.
  private static void set(NetworkChannel channel, SocketOption<?> found, int value)
      throws IOException {
    if (found.type() == NetworkInterface.class) {
      if (value == 0) {
        throw new UnsupportedOperationException("a channel does not forget its interface");
      }
      channel.setOption((SocketOption<NetworkInterface>) found, NetworkInterface.getByIndex(value));
    } else if (found.type() == Boolean.class) {
      channel.setOption((SocketOption<Boolean>) found, value != 0);
    } else {
      channel.setOption((SocketOption<Integer>) found, value);
    }
  }

  static int get(NetworkChannel channel, Option option) throws SyscallException {
    SocketOption<?> found = find(channel, option);
    if (found == null) {
      throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
    }
    try {
      Object value = channel.getOption(found);
      if (value instanceof Integer number) {
        return number;
      }
      if (value instanceof Boolean on) {
        return on ? 1 : 0;
      }
      // Null, of an interface: the system's choice.
      return value instanceof NetworkInterface on ? on.getIndex() : 0;
    } catch (UnsupportedOperationException e) {
      throw new SyscallException("getsockopt", Errno.ENOPROTOOPT);
    } catch (IOException e) {
      throw new SyscallException("getsockopt", NioErrors.errno(e));
    }
  }

  private static @Nullable SocketOption<?> find(NetworkChannel channel, Option option) {
    String name = name(option);
    if (name != null) {
      for (SocketOption<?> candidate : channel.supportedOptions()) {
        if (candidate.name().equals(name)) {
          return candidate;
        }
      }
    }
    return null;
  }

  /** The JDK's name, null where it has none. */
  private static @Nullable String name(Option option) {
    return switch (option) {
      case REUSE_ADDR -> "SO_REUSEADDR";
      case REUSE_PORT -> "SO_REUSEPORT";
      case BROADCAST -> "SO_BROADCAST";
      case RECEIVE_BUFFER -> "SO_RCVBUF";
      case SEND_BUFFER -> "SO_SNDBUF";
      case KEEP_ALIVE -> "SO_KEEPALIVE";
      case KEEP_IDLE -> "TCP_KEEPIDLE";
      case KEEP_INTERVAL -> "TCP_KEEPINTERVAL";
      case KEEP_COUNT -> "TCP_KEEPCOUNT";
      case NO_DELAY -> "TCP_NODELAY";
      case QUICK_ACK -> "TCP_QUICKACK";
      case LINGER -> "SO_LINGER";
      case TRAFFIC_CLASS -> "IP_TOS";
      case MULTICAST_HOP_LIMIT -> "IP_MULTICAST_TTL";
      case MULTICAST_LOOP -> "IP_MULTICAST_LOOP";
      case MULTICAST_INTERFACE -> "IP_MULTICAST_IF";
      case HOP_LIMIT,
          RECEIVE_PACKET_INFO,
          RECEIVE_HOP_LIMIT,
          RECEIVE_TRAFFIC_CLASS,
          RECEIVE_TIMESTAMP,
          COALESCE ->
          null;
      case V6_ONLY,
          USER_TIMEOUT,
          DEFER_ACCEPT,
          FAST_OPEN,
          FAST_OPEN_CONNECT,
          CORK,
          NOT_SENT_LOW_WATER ->
          null;
    };
  }
}
