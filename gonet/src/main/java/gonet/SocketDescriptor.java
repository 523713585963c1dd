package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Sockets;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A descriptor of the system for a socket of gonet's: a duplicate, closed on exec, that lives until
 * it is closed, whatever becomes of the socket. Go: the {@code os.File} of {@code TCPConn.File}.
 *
 * {@snippet :
 * try (SocketDescriptor d = listener.duplicateDescriptor()) {
 *   toTheNextProcess.sendDescriptors("listener".getBytes(UTF_8), d.number());
 * }
 * }
 *
 * <p>Both share the open file description: options, the end of a direction, and O_NONBLOCK, which
 * stays set and which nobody should clear. Deadlines are the socket's own. While the duplicate is
 * open, a close of the socket tells the peer nothing, a listener's port stays in use, and what
 * arrives is for whoever reads first. Bytes of such a connection are copied by a {@link Transfer}.
 *
 * <p>Any thread.
 *
 * @since 0.1
 */
public final class SocketDescriptor implements AutoCloseable {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  private static final FD.Use<Integer> DUPLICATE = Descriptor::duplicate;

  private final Sockets sockets;
  private final int number;
  private final AtomicBoolean given = new AtomicBoolean();

  private SocketDescriptor(Sockets sockets, int number) {
    this.sockets = sockets;
    this.number = number;
  }

  /** A duplicate of an open socket's. {@code op} is for the text of a failure. */
  static SocketDescriptor of(FD fd, Op op) throws IOException {
    requireNumber(fd);
    Sockets sockets = Netpolls.get(op).sockets();
    int number;
    try {
      number = fd.use(DUPLICATE);
    } catch (FDException e) {
      throw OpErrors.of(op, e);
    }
    try {
      return new SocketDescriptor(sockets, number);
    } catch (Throwable t) { // want of memory: nobody else knows the number
      sockets.closeNumber(number);
      throw t;
    }
  }

  /** Refuses what the JDK hides. */
  static void requireNumber(FD fd) {
    if (fd.number() < 0) {
      throw new UnsupportedOperationException("descriptors: not supported on this backend");
    }
  }

  /**
   * The number as the kernel counts; above 2. Not to be closed by others, except after {@link
   * #detach}.
   */
  public int number() {
    return number;
  }

  /**
   * The number, for the caller to close from now on: native code, mostly.
   *
   * @throws IllegalStateException if this was closed or detached before
   */
  public int detach() {
    if (!given.compareAndSet(false, true)) {
      throw new IllegalStateException("descriptor " + number + " is closed or detached");
    }
    return number;
  }

  /** close(2), unless the number was detached. Again: no effect. */
  @Override
  public void close() {
    if (given.compareAndSet(false, true)) {
      sockets.closeNumber(number);
    }
  }

  /** Duplicates for a message that carries them. One thread. */
  static final class Several implements AutoCloseable {
    private final Sockets sockets;
    private final int[] numbers;
    private int made;

    private Several(Sockets sockets, int count) {
      this.sockets = sockets;
      this.numbers = new int[count];
    }

    /** Of open sockets: all of them, or none. */
    static Several of(Sockets sockets, NetSocket[] originals) throws FDException {
      Several all = new Several(sockets, originals.length);
      boolean whole = false;
      try {
        for (NetSocket each : originals) {
          all.numbers[all.made] = fdOf(each).use(DUPLICATE);
          all.made++;
        }
        whole = true;
        return all;
      } finally {
        if (!whole) {
          all.close();
        }
      }
    }

    private static FD fdOf(NetSocket socket) {
      if (socket instanceof SocketConn conn) {
        return conn.fd;
      }
      if (socket instanceof SocketListener<?> listener) {
        return listener.fd;
      }
      throw new IllegalArgumentException("not a socket of gonet's: " + socket);
    }

    int[] numbers() {
      return numbers;
    }

    @Override
    public void close() {
      while (made > 0) {
        made--;
        sockets.closeNumber(numbers[made]);
      }
    }
  }

  @Override
  public String toString() {
    return "descriptor " + number + (given.get() ? " (closed or detached)" : "");
  }
}
