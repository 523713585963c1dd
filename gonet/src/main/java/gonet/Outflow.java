package gonet;

import gonet.internal.poll.Splice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes out to a connection part by part, wherever it comes from: one thread at a time, each
 * part read and then written, and nothing lost when a write ends early by time or an interrupt.
 */
abstract sealed class Outflow permits Transfer, FileTransfer {
  final Conn to;
  final Way sink;

  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicLong bytes = new AtomicLong();
  private final LongConsumer progress = new Progress(this);

  // The thread that runs has these.

  /** What was read and has not been written when a write ended early; null for nothing. */
  private @Nullable ByteBuffer rest;

  private @Nullable Splice splice;

  /** A write has failed for good, and what was on its way with it. */
  private boolean lost;

  Outflow(Conn to) {
    this.to = to;
    this.sink = Way.of(to);
  }

  private record Progress(Outflow outflow) implements LongConsumer {
    @Override
    public void accept(long part) {
      outflow.count(part);
      outflow.sink.countWritten(part);
    }
  }

  /** Reads a part and writes it. False at the end. */
  abstract boolean part() throws IOException;

  /** Of the next write; null for none but the connection's own. */
  @Nullable TimeLimit writeLimit() {
    return null;
  }

  /** Bytes have gone out. */
  void wentOut() {}

  /** Carries everything; the bytes that were written by all calls together. */
  final long runToTheEnd() throws IOException {
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException("another thread runs this transfer");
    }
    try {
      if (lost) {
        throw new IllegalStateException("a write of this transfer has failed");
      }
      writeRest();
      while (part()) {
        // Each is one read and one write.
      }
      return bytes.get();
    } finally {
      running.set(false);
    }
  }

  final long written() {
    return bytes.get();
  }

  // ---- by a copy -------------------------------------------------------------------------------

  /** Writes what was read. */
  final void write(byte[] read, int len) throws IOException {
    boolean goesOn = false;
    try {
      to.write(read, 0, len, writeLimit());
      goesOn = true;
    } catch (InterruptedIOException e) { // a timeout is one
      int sent = e.bytesTransferred;
      count(sent);
      rest = ByteBuffer.wrap(read, sent, len - sent);
      goesOn = true;
      throw e;
    } finally {
      lost = !goesOn;
    }
    count(len);
  }

  /** The same; the buffer must stay as it is until the next part is read. */
  final void write(ByteBuffer read) throws IOException {
    rest = read;
    writeRest();
  }

  private void writeRest() throws IOException {
    ByteBuffer left = rest;
    if (left == null) {
      return;
    }
    int before = left.remaining();
    boolean goesOn = false;
    try {
      to.write(left, writeLimit());
      rest = null;
      goesOn = true;
    } catch (InterruptedIOException e) {
      goesOn = true;
      throw e;
    } finally {
      count(before - left.remaining());
      lost = !goesOn;
    }
  }

  private void count(long part) {
    if (part > 0) {
      bytes.addAndGet(part);
      wentOut();
    }
  }

  // ---- inside the kernel -----------------------------------------------------------------------

  /** Made when there is much to carry. */
  final Splice through() throws IOException {
    Splice made = splice;
    if (made == null) {
      made = new Splice(Netpolls.get(Op.of(Op.WRITE, to)).pipes());
      splice = made;
    }
    return made;
  }

  /** Writes what was read into the pipe. */
  final void drain(Splice through) throws IOException {
    boolean goesOn = false;
    try {
      sink.socket().drain(through, writeLimit(), progress);
      goesOn = true;
    } catch (InterruptedIOException e) {
      rest = ByteBuffer.wrap(through.salvage());
      goesOn = true;
      throw e;
    } finally {
      if (!goesOn) {
        lost = true;
        through.discard();
      }
    }
  }
}
