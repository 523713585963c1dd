package gonet.frame;

import gonet.Conn;
import gonet.NetTimeoutException;
import gonet.ReadAhead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from a connection; {@link Framing#reader} makes one.
 *
 * <p><b>Buffer.</b> It reads ahead, whatever the kernel has, so several frames cost one read of the
 * connection. Bytes behind a frame stay for the next call, therefore all reading has to go through
 * the reader. The buffer is its own, none is shared; it begins with 8 KiB at the first read, grows
 * as bytes arrive, never as they are announced, and holds at most one frame of the largest size.
 *
 * <p><b>Time.</b> Deadlines, timeouts, interrupts and close are the connection's. A call that ends
 * with {@link NetTimeoutException} or {@link gonet.NetInterruptedException} has lost nothing: the
 * next one goes on in the middle of the frame. A frame that is here already is returned whatever
 * the deadline says. A peer that sends a byte now and then never meets a read timeout, which counts
 * anew for each byte; bound the frame with {@link Conn#setReadDeadline}.
 *
 * <p><b>End of stream</b> between two frames is null, again and again; inside of one it is {@link
 * TruncatedFrameException}. A reset is the connection's exception, with what came before it still
 * here.
 *
 * <p><b>Threads.</b> One at a time. Writing, closing and moving deadlines is free to all.
 *
 * @since 0.1
 */
public final class FrameReader implements ReadAhead {
  private final Conn conn;
  private final TooLong onTooLong;
  private final InputBuffer in = new InputBuffer();
  private final Cut cut = new Cut();
  private Framing framing;
  private @Nullable Skip skip;

  FrameReader(Conn conn, Framing framing, TooLong onTooLong) {
    this.conn = Objects.requireNonNull(conn, "conn");
    this.framing = framing;
    this.onTooLong = Objects.requireNonNull(onTooLong, "tooLong");
  }

  /**
   * The next frame, in an array of its own.
   *
   * @return null at the end of the stream
   * @throws FrameTooLongException as soon as a frame is known to be above the limit; see {@link
   *     TooLong} for what comes then
   * @throws MalformedFrameException if the prefix is no length
   * @throws TruncatedFrameException if the stream ends inside of the frame
   * @throws IOException as {@link Conn#read(byte[], int, int)}
   */
  public byte @Nullable [] read() throws IOException {
    if (!find()) {
      return null;
    }
    int at = in.start() + cut.headBytes;
    byte[] frame = Arrays.copyOfRange(in.bytes(), at, at + cut.bodyBytes);
    dropFrame();
    return frame;
  }

  /**
   * The next frame where it lies, without a copy: a read-only buffer, void as soon as this reader
   * is used again.
   *
   * @return null at the end of the stream
   * @throws IOException as {@link #read}
   */
  public @Nullable ByteBuffer readView() throws IOException {
    if (!find()) {
      return null;
    }
    ByteBuffer frame =
        ByteBuffer.wrap(in.bytes(), in.start() + cut.headBytes, cut.bodyBytes)
            .slice()
            .asReadOnlyBuffer();
    dropFrame();
    return frame;
  }

  /**
   * The next frame as text; what is malformed in {@code charset} is replaced, as by {@code
   * String}'s constructor.
   *
   * @return null at the end of the stream
   * @throws IOException as {@link #read}
   */
  public @Nullable String readString(Charset charset) throws IOException {
    Objects.requireNonNull(charset, "charset");
    if (!find()) {
      return null;
    }
    String frame = new String(in.bytes(), in.start() + cut.headBytes, cut.bodyBytes, charset);
    dropFrame();
    return frame;
  }

  /**
   * Bytes as they stand in the stream, from where the next frame would begin: first those read
   * ahead, then the connection's. For protocols that stop having frames, and for looking at what a
   * failure left behind.
   *
   * @return as {@link Conn#read(byte[], int, int)}
   * @throws IndexOutOfBoundsException if the range is not inside {@code buf}
   * @throws IOException as {@link Conn#read(byte[], int, int)}; {@link TruncatedFrameException} if
   *     the stream ends inside of a frame that is being skipped
   */
  public int readRaw(byte[] buf, int off, int len) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    finishSkip();
    cut.searched = 0;
    return len == 0 || in.held() > 0 ? in.take(buf, off, len) : conn.read(buf, off, len);
  }

  /**
   * Waits for a read to have something, as {@link Conn#awaitReadable}; returns at once if there are
   * bytes read ahead. Meanwhile the reader has no buffer, so this is how to be idle between frames.
   */
  public void awaitReadable() throws IOException {
    if (in.held() == 0) {
      in.release();
      conn.awaitReadable();
    }
  }

  /** How many bytes were read ahead: they belong to no frame that was returned. */
  @Override
  public int bufferedBytes() {
    return in.held();
  }

  @Override
  public void rest() {
    in.release();
  }

  /** From the next frame on, frames are those of {@code next}. A skip in progress is finished. */
  public void switchTo(Framing next) {
    framing = Objects.requireNonNull(next, "framing");
    cut.searched = 0;
  }

  /** How frames are found. */
  public Framing framing() {
    return framing;
  }

  /** The connection. Reading it directly misses what was read ahead. */
  public Conn conn() {
    return conn;
  }

  @Override
  public String toString() {
    return framing + " from " + conn;
  }

  /** Finds the next frame; {@link #cut} says where. False at the end of the stream. */
  private boolean find() throws IOException {
    finishSkip();
    while (true) {
      switch (framing.cut(in.bytes(), in.start(), in.held(), cut)) {
        case FRAME -> {
          return true;
        }
        case MORE -> {
          if (!in.fill(conn, cut.mostBytes)) {
            return endOfStream();
          }
        }
        case TOO_LONG -> throw tooLong();
        case MALFORMED -> {
          closeIfAsked();
          throw new MalformedFrameException(FrameException.text(conn, "read", cut.why));
        }
      }
    }
  }

  private void dropFrame() {
    in.drop(cut.headBytes + cut.bodyBytes + cut.tailBytes);
    cut.searched = 0;
  }

  private boolean endOfStream() throws IOException {
    int held = in.held();
    if (held == 0) {
      return false;
    }
    if (!framing.endOfStreamEndsFrame()) {
      throw truncated(held, cut.wholeBytes);
    }
    // Held may be the limit and the beginning of a delimiter, which now is none.
    if (held > framing.maxBytes()) {
      cut.tooLong(0, -1);
      throw tooLong();
    }
    cut.frame(0, held, 0);
    return true;
  }

  private FrameTooLongException tooLong() {
    if (onTooLong == TooLong.SKIP) {
      long announced = cut.announcedBytes;
      long whole = announced < 0 ? -1 : announced + cut.headBytes;
      skip = new Skip(framing, whole < announced ? Long.MAX_VALUE : whole);
      cut.searched = 0;
    }
    closeIfAsked();
    return FrameTooLongException.of(conn, "read", framing.maxBytes(), cut.announcedBytes);
  }

  private void closeIfAsked() {
    if (onTooLong == TooLong.CLOSE) {
      conn.close();
    }
  }

  private void finishSkip() throws IOException {
    Skip current = skip;
    if (current == null) {
      return;
    }
    while (!current.advance(in)) {
      if (!in.fill(conn, Integer.MAX_VALUE)) {
        endOfSkip(current);
        break;
      }
    }
    skip = null;
  }

  private void endOfSkip(Skip current) throws TruncatedFrameException {
    if (!current.framing().endOfStreamEndsFrame()) {
      throw truncated(current.gotBytes(in), current.wholeBytes());
    }
    in.drop(in.held());
  }

  private TruncatedFrameException truncated(long got, long expected) {
    String why =
        expected < 0
            ? "end of stream in a frame, after " + got + " bytes of it"
            : "end of stream in a frame, after " + got + " of " + expected + " bytes";
    return new TruncatedFrameException(FrameException.text(conn, "read", why), got, expected);
  }
}
