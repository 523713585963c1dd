package gonet.frame;

import gonet.Conn;
import gonet.NetFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes frames to a connection; {@link Framing#writer} makes one.
 *
 * <p>A frame and what stands around it leave in one write, so it costs one system call and frames
 * of several threads are never mixed. Nothing is held back.
 *
 * <p><b>Cut off.</b> A deadline, timeout or interrupt can end a write inside of a frame. The rest
 * of it is kept then, and until {@link #resume} has sent it no other frame goes out: {@link
 * UnfinishedFrameException}. If {@link #owedBytes} is 0 after such a failure, nothing of the frame
 * was sent, and it may be written again. Any other failure is the end of the connection for writes.
 *
 * <p><b>Threads.</b> Any number. Writers wait for each other; an interrupt ends that.
 *
 * @since 0.1
 */
public final class FrameWriter {
  private final Conn conn;
  private final Framing framing;
  private final ReentrantLock lock = new ReentrantLock();

  /** What is left of a frame, in copies of our own; empty if nothing is. Guarded by the lock. */
  private ByteBuffer[] owed = {};

  FrameWriter(Conn conn, Framing framing) {
    this.conn = Objects.requireNonNull(conn, "conn");
    this.framing = framing;
  }

  /** {@link #write(ByteBuffer)} of the whole array. */
  public void write(byte[] frame) throws IOException {
    write(ByteBuffer.wrap(frame));
  }

  /** {@link #write(ByteBuffer)} of {@code text} in {@code charset}. */
  public void write(String text, Charset charset) throws IOException {
    write(ByteBuffer.wrap(text.getBytes(charset)));
  }

  /**
   * Writes what {@code frame} has remaining as one frame; its position does not move.
   *
   * @throws FrameTooLongException if it is above the limit
   * @throws MalformedFrameException if a reader could not get it back, as with a delimiter inside
   * @throws UnfinishedFrameException if a frame before was cut off
   * @throws IOException as {@link Conn#write(ByteBuffer)}; {@link NetFailure#bytesTransferred}
   *     counts what stands around the frame as well
   */
  public void write(ByteBuffer frame) throws IOException {
    check(frame);
    ByteBuffer[] parts = new ByteBuffer[3];
    put(frame, parts, 0);
    send(parts);
  }

  /**
   * Writes several frames at once, for answers to pipelined requests. If any of them is refused,
   * none is sent; if the write is cut off, the rest of all of them is kept.
   *
   * @throws IOException as {@link #write(ByteBuffer)}
   */
  public void writeAll(List<ByteBuffer> frames) throws IOException {
    ByteBuffer[] parts = new ByteBuffer[3 * frames.size()];
    for (int i = 0; i < frames.size(); i++) {
      check(frames.get(i));
      put(frames.get(i), parts, 3 * i);
    }
    send(parts);
  }

  /**
   * Sends the rest of a frame that was cut off, if there is one.
   *
   * @throws IOException as {@link Conn#write(ByteBuffer)}; what is still missing is kept
   */
  public void resume() throws IOException {
    acquire();
    try {
      if (owed.length > 0) {
        conn.write(owed);
        owed = new ByteBuffer[0];
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes of a frame that was cut off are still to be sent; 0 if there is none. */
  public long owedBytes() throws IOException {
    acquire();
    try {
      return remaining(owed);
    } finally {
      lock.unlock();
    }
  }

  /** How frames are delimited. */
  public Framing framing() {
    return framing;
  }

  /** The connection. */
  public Conn conn() {
    return conn;
  }

  @Override
  public String toString() {
    return framing + " to " + conn;
  }

  private void check(ByteBuffer frame) throws FrameException {
    int size = frame.remaining();
    if (size > framing.maxBytes()) {
      throw FrameTooLongException.of(conn, "write", framing.maxBytes(), size);
    }
    String objection = framing.objection(frame);
    if (!objection.isEmpty()) {
      throw new MalformedFrameException(FrameException.text(conn, "write", objection));
    }
  }

  private void put(ByteBuffer frame, ByteBuffer[] parts, int at) {
    parts[at] = ByteBuffer.wrap(framing.head(frame.remaining()));
    parts[at + 1] = frame.duplicate();
    parts[at + 2] = ByteBuffer.wrap(framing.tail());
  }

  private void send(ByteBuffer[] parts) throws IOException {
    acquire();
    try {
      refuseIfUnfinished();
      long all = remaining(parts);
      try {
        conn.write(parts);
      } catch (InterruptedIOException e) {
        // The two failures after which the connection goes on: time is up, and an interrupt.
        keepRest(parts, all);
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfUnfinished() throws UnfinishedFrameException {
    // On a closed connection that is the news, and the write to come brings it.
    long rest = remaining(owed);
    if (rest > 0 && !conn.isClosed()) {
      String why = "the frame before was cut off, " + rest + " bytes of it are still to be sent";
      throw new UnfinishedFrameException(FrameException.text(conn, "write", why), rest);
    }
  }

  private void keepRest(ByteBuffer[] parts, long all) {
    long rest = remaining(parts);
    if (rest == all) {
      return; // not begun
    }
    // Copies, because the caller's buffers are the caller's again.
    List<ByteBuffer> left = new ArrayList<>();
    for (ByteBuffer part : parts) {
      if (part.hasRemaining()) {
        left.add(ByteBuffer.allocate(part.remaining()).put(part).flip());
      }
    }
    owed = left.toArray(new ByteBuffer[0]);
  }

  private static long remaining(ByteBuffer[] parts) {
    long sum = 0;
    for (ByteBuffer part : parts) {
      sum += part.remaining();
    }
    return sum;
  }

  private void acquire() throws InterruptedIOException {
    // Tried first, because a call that need not wait is not ended by an interrupt.
    if (!lock.tryLock()) {
      try {
        lock.lockInterruptibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(
            FrameException.text(conn, "write", "interrupted while waiting for other writers"));
      }
    }
  }
}
