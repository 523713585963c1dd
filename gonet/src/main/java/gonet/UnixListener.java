package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.layer.SharedPath;
import gonet.internal.poll.Poller;
import gonet.internal.unix.SocketFile;
import java.io.IOException;
import java.net.SocketOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Accepts Unix connections. Go's {@code net.UnixListener}.
 *
 * <p>The path that a listener has made is removed by its first {@link #close}, before the
 * descriptor goes, unless somebody has put another file there since. A path of a listener that was
 * adopted stays.
 *
 * @since 0.1
 */
public final class UnixListener extends SocketListener<UnixConn> implements NetSocket {

  /** What the first close removes; empty from then on, and where this has made no file. */
  private final AtomicReference<@Nullable SocketFile> file;

  private volatile boolean unlinkOnClose = true;

  /** Another process has it, and perhaps serves. */
  private volatile boolean shared;

  private volatile boolean closed;

  UnixListener(Descriptor descriptor, Poller poller, UnixAddr addr, @Nullable SocketFile file) {
    super(descriptor, poller, addr.network(), addr);
    this.file = new AtomicReference<>(file);
  }

  /**
   * Whether {@link #close} removes the path; true unless this is called. Off for a path that
   * another process goes on serving, for instance after it has adopted the descriptor. Go: {@code
   * SetUnlinkOnClose}.
   *
   * @param on no effect for a path that this listener has not made
   */
  public void setUnlinkOnClose(boolean on) {
    unlinkOnClose = on;
  }

  @Override
  void closing() {
    closed = true; // before the look whether it is shared: sharing looks the other way round
    if (!shared) {
      removeFile();
    }
  }

  private void removeFile() {
    SocketFile made = file.getAndSet(null);
    if (made != null && unlinkOnClose) {
      var _ = made.remove();
    }
  }

  @Override
  SharedPath sharedPath() {
    return new Sharing(this);
  }

  private record Sharing(UnixListener socket) implements SharedPath {
    @Override
    public void shared(boolean on) {
      socket.shared = on;
      if (!on && socket.closed) {
        socket.removeFile();
      }
    }

    @Override
    public void own() {
      var _ = socket.file.compareAndSet(null, SocketFile.of(socket.addr().unixName()));
      if (socket.closed && !socket.shared) {
        socket.removeFile();
      }
    }
  }

  @Override
  UnixAddr remote(Descriptor.Accepted accepted) {
    return UnixAddr.of(network(), Objects.requireNonNull(accepted.remoteName));
  }

  @Override
  UnixConn conn(Descriptor descriptor, NetAddr remote, boolean watched) {
    return new UnixConn(descriptor, poller, addr(), (UnixAddr) remote, watched);
  }

  @Override
  public UnixConn accept() throws IOException {
    return super.accept(); // here, for the type in Javadoc and in class files
  }

  @Override
  public UnixAddr addr() {
    return (UnixAddr) super.addr();
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public <T> UnixListener setOption(SocketOption<T> name, T value) throws IOException {
    SocketOptions.set(fd, name, value, new SetOp(this));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return SocketOptions.get(fd, name, new SetOp(this));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() throws IOException {
    return SocketOptions.supported(fd, new SetOp(this));
  }

  /** No lambda: one that is linked at the end of a stack stays broken. */
  private record SetOp(UnixListener socket) implements Supplier<Op> {
    @Override
    public Op get() {
      return socket.setOp();
    }
  }
}
