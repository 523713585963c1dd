package gonet;

import gonet.internal.pipe.PipeHalf;

/**
 * A pair of connections inside this process, each the other's peer: what one writes the other
 * reads. For tests, and for code that has to hand a {@link Conn} to other code. Go's {@code
 * net.Pipe}.
 *
 * <p>There is no buffer. A write meets reads: it returns when they have taken all of its bytes, one
 * read or many, and a read waits for a write. So two ends that both write first wait for each other
 * for ever, where sockets would not; a deadline ends that.
 *
 * <p>What {@link Conn} promises holds, and in particular:
 *
 * <ul>
 *   <li>Closing one end makes the other's reads report the end of the stream and its writes fail. A
 *       write that waits when either end closes fails with what had been taken until then in {@link
 *       NetFailure#bytesTransferred}.
 *   <li>All failures for a close, on either side, are {@link NetClosedException} with the text
 *       {@code io: read/write on closed pipe}. Its class is no proof of a close on this side, then.
 *   <li>The other side's close wins over a deadline that has passed.
 *   <li>Half-closing works, which Go's pipe cannot do: after {@link Conn#closeWrite} the other side
 *       sees the end of the stream, and writes on this side fail; after {@link Conn#closeRead} what
 *       the other side writes is dropped at once.
 *   <li>Deadlines can be moved until this side is closed. In Go the other side's close ends that,
 *       too.
 *   <li>{@link Conn#abort} is a reset for the other side: its calls fail with ECONNRESET.
 *   <li>Reads move the writer's {@link java.nio.ByteBuffer} positions while a write is waiting;
 *       look at them when it has returned.
 *   <li>The addresses of both ends, and their network, are {@code pipe}.
 * </ul>
 *
 * <p>Thread-safe. An end that nobody refers to is garbage without a close, but a thread that waits
 * on the other end keeps waiting.
 *
 * @since 0.1
 */
public final class Pipe implements AutoCloseable {
  private final Conn first;
  private final Conn second;

  private Pipe(Conn first, Conn second) {
    this.first = first;
    this.second = second;
  }

  static Pipe create() {
    PipeHalf forth = new PipeHalf();
    PipeHalf back = new PipeHalf();
    return new Pipe(new PipeConn(back, forth), new PipeConn(forth, back));
  }

  /** One end. */
  public Conn first() {
    return first;
  }

  /** The other end. */
  public Conn second() {
    return second;
  }

  /** Closes both ends, with the effects of {@link Conn#close}. Does not throw. */
  @Override
  public void close() {
    first.close();
    second.close();
  }
}
