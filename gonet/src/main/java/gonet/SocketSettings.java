package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ListenConfig} and {@link Dialer} set on a TCP socket. A listener has them set once,
 * and the kernel hands them on to every accepted connection, which so costs no call of its own.
 *
 * @param userTimeoutMillis 0 for the system's own
 * @param readBufferBytes 0 for the system's own
 * @param writeBufferBytes 0 for the system's own
 * @param trafficClass −1 for the system's own
 */
record SocketSettings(
    boolean noDelay,
    KeepAlive keepAlive,
    int userTimeoutMillis,
    int readBufferBytes,
    int writeBufferBytes,
    int trafficClass,
    boolean multipath,
    @Nullable SocketControl control) {

  static final SocketSettings DEFAULTS =
      new SocketSettings(true, KeepAlive.Values.ON, 0, 0, 0, -1, false, null);

  /** Sets what differs from the kernel's own defaults. Buffers before connect or listen: tcp(7). */
  void apply(Descriptor d) throws SyscallException {
    if (noDelay) {
      d.setOption(Option.NO_DELAY, 1);
    }
    if (keepAlive.enabled()) {
      keepAlive.apply(d);
    }
    if (userTimeoutMillis != 0) {
      d.setOption(Option.USER_TIMEOUT, userTimeoutMillis);
    }
    applyBuffers(d);
    if (trafficClass >= 0) {
      d.setOption(Option.TRAFFIC_CLASS, trafficClass);
    }
  }

  /**
   * Opens a TCP socket with what {@link #apply} sets. Where multipath TCP was asked for and is not
   * to be had, be it the kernel, a setting of the machine or an option that it has not, it is TCP.
   */
  Descriptor openTcp(Sockets sockets, Family family) throws SyscallException {
    if (multipath) {
      Descriptor d = null;
      try {
        d = sockets.openMultipathTcp(family);
        apply(d);
        return d;
      } catch (SyscallException e) {
        if (d != null) {
          d.close();
        }
      } catch (Throwable t) {
        if (d != null) {
          d.close();
        }
        throw t;
      }
    }
    Descriptor d = sockets.openTcp(family);
    try {
      apply(d);
      return d;
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  /** Sets what a UDP socket has as well. */
  void applyToUdp(Descriptor d) throws SyscallException {
    applyBuffers(d);
    if (trafficClass >= 0) {
      d.setOption(Option.TRAFFIC_CLASS, trafficClass);
    }
  }

  /** Sets what a Unix socket has as well. */
  void applyBuffers(Descriptor d) throws SyscallException {
    if (readBufferBytes != 0) {
      d.setOption(Option.RECEIVE_BUFFER, readBufferBytes);
    }
    if (writeBufferBytes != 0) {
      d.setOption(Option.SEND_BUFFER, writeBufferBytes);
    }
  }

  /**
   * Shows the socket to the user's control, if there is one.
   *
   * @return whether it lingers since
   */
  boolean control(Descriptor d, Op op, String network, NetAddr addr) throws IOException {
    if (control == null) {
      return false;
    }
    control.control(network, addr.toString(), new ControlledSocket(d, op));
    return lingers(d);
  }

  /**
   * Whether SO_LINGER, set by somebody else, makes close(2) wait. Connections inherit it from their
   * listener.
   */
  static boolean lingers(Descriptor d) {
    try {
      return d.getOption(Option.LINGER) > 0;
    } catch (SyscallException e) {
      return false; // java.nio has none for listeners
    }
  }

  SocketSettings withNoDelay(boolean on) {
    return new SocketSettings(
        on,
        keepAlive,
        userTimeoutMillis,
        readBufferBytes,
        writeBufferBytes,
        trafficClass,
        multipath,
        control);
  }

  SocketSettings withKeepAlive(KeepAlive config) {
    return new SocketSettings(
        noDelay,
        config,
        userTimeoutMillis,
        readBufferBytes,
        writeBufferBytes,
        trafficClass,
        multipath,
        control);
  }

  SocketSettings withUserTimeout(@Nullable Duration timeout) {
    int millis = SocketOptions.userTimeoutMillis(timeout);
    return new SocketSettings(
        noDelay,
        keepAlive,
        millis,
        readBufferBytes,
        writeBufferBytes,
        trafficClass,
        multipath,
        control);
  }

  SocketSettings withReadBuffer(@Nullable Integer size) {
    int bytes = SocketOptions.bufferBytes(size, "read buffer");
    return new SocketSettings(
        noDelay,
        keepAlive,
        userTimeoutMillis,
        bytes,
        writeBufferBytes,
        trafficClass,
        multipath,
        control);
  }

  SocketSettings withWriteBuffer(@Nullable Integer size) {
    int bytes = SocketOptions.bufferBytes(size, "write buffer");
    return new SocketSettings(
        noDelay,
        keepAlive,
        userTimeoutMillis,
        readBufferBytes,
        bytes,
        trafficClass,
        multipath,
        control);
  }

  SocketSettings withTrafficClass(@Nullable Integer value) {
    int set = SocketOptions.trafficClass(value);
    return new SocketSettings(
        noDelay,
        keepAlive,
        userTimeoutMillis,
        readBufferBytes,
        writeBufferBytes,
        set,
        multipath,
        control);
  }

  SocketSettings withMultipath(boolean on) {
    return new SocketSettings(
        noDelay,
        keepAlive,
        userTimeoutMillis,
        readBufferBytes,
        writeBufferBytes,
        trafficClass,
        on,
        control);
  }

  SocketSettings withControl(@Nullable SocketControl hook) {
    return new SocketSettings(
        noDelay,
        keepAlive,
        userTimeoutMillis,
        readBufferBytes,
        writeBufferBytes,
        trafficClass,
        multipath,
        hook);
  }

  /** For the {@code toString} of the two users. */
  String text() {
    return "noDelay "
        + noDelay
        + ", "
        + keepAlive
        + ", user timeout "
        + (userTimeoutMillis == 0 ? "system's" : userTimeoutMillis + " ms")
        + ", read buffer "
        + bytes(readBufferBytes)
        + ", write buffer "
        + bytes(writeBufferBytes)
        + ", traffic class "
        + (trafficClass < 0 ? "system's" : trafficClass)
        + (multipath ? ", multipath" : "");
  }

  private static String bytes(int bytes) {
    return bytes == 0 ? "system's" : bytes + " bytes";
  }
}
