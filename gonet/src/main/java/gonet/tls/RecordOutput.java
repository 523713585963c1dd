package gonet.tls;

import gonet.Conn;
import gonet.TimeLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one connection on their way out. A record has its number when it is encrypted, so
 * records have to leave in the order in which the engine made them, whoever asked for them:
 *
 * <pre>
 *   writer:  application data ---wrap---> batch ------write----> connection beneath
 *                                           ^
 *                                           | taken over when the batch is empty, before the next
 *                                           | application data
 *   reader:  answers to what came -wrap-> control
 * </pre>
 *
 * <p>A reader has something to send now and then: the answer to a key update, an alert, session
 * tickets. It must not wait for a writer, who may wait for a peer that does not read. So it puts
 * that into {@code control}, which the next owner of the write turn sends, and sends it itself only
 * if the turn is free.
 *
 * <ul>
 *   <li>{@code order} guards {@code control}, {@code ended}, and each call of {@code engine.wrap}
 *       together with the step that puts its result into the batch or behind the control records.
 *       It is held while records are encrypted and never while anybody waits for a peer.
 *   <li>The connection's write turn guards {@code batch}: only its owner fills it and sends it.
 *   <li>Whoever gives the turn up looks at {@link #hasControl} afterwards, and whoever adds a
 *       control record tries to take the turn afterwards. So one of the two sends it.
 * </ul>
 *
 * <p>A batch that was sent in part stays, and the next call goes on behind what the connection
 * beneath has taken. So a write that a deadline or an interrupt has ended leaves a whole stream.
 */
final class RecordOutput {

  /** Of answers that the peer does not read: some three hundred, and it has broken the rules. */
  private static final int MAX_CONTROL_BYTES = 8192;

  /** What fits into one record. */
  private static final int FRAGMENT_BYTES = 16_384;

  /** Calls of an engine in a row that make nothing: it has a state to report now and then. */
  private static final int MAX_IDLE = 3;

  private static final ByteBuffer[] NO_DATA = {Buffers.NOTHING};
  private static final byte[] NOTHING = {};

  private final SSLEngine engine;
  private final Conn beneath;
  private final ReentrantLock order = new ReentrantLock();

  /**
   * Records to send, between position and limit; null if there are none. Of the turn's owner;
   * volatile for a look by others.
   */
  private volatile @Nullable ByteBuffer batch;

  /** Calls in a row that have made nothing. Of the turn's owner. */
  private int idle;

  private byte[] control = NOTHING;

  /** Volatile for a look without the lock; written under it. */
  private volatile int controlBytes;

  /** The engine makes no more records. Volatile as {@link #controlBytes}. */
  private volatile boolean ended;

  RecordOutput(SSLEngine engine, Conn beneath) {
    this.engine = engine;
    this.beneath = beneath;
  }

  /** Whether this direction has had its last record made: close_notify or a fatal alert. */
  boolean isEnded() {
    return ended;
  }

  /** Whether there are control records that nobody has taken over. Any thread. */
  boolean hasControl() {
    return controlBytes > 0;
  }

  /** Whether there is anything that was not sent, or is being sent. Any thread. */
  boolean isPending() {
    return controlBytes > 0 || batch != null;
  }

  /**
   * Encrypts as much as one batch holds, behind the control records that there are, so that both
   * leave by one system call. The positions of {@code srcs} tell how much it was. Owner of the
   * write turn, with nothing left to send.
   *
   * @param remaining what all of {@code srcs} have remaining
   */
  void wrap(ByteBuffer[] srcs, long remaining) throws SSLException {
    order.lock();
    try {
      boolean large = remaining > FRAGMENT_BYTES || controlBytes > 0;
      ByteBuffer room = (large ? Buffers.BULK : Buffers.ONE).take();
      try {
        room.put(control, 0, controlBytes);
        control = NOTHING;
        controlBytes = 0;
        while (remaining > 0) {
          SSLEngineResult result = engine.wrap(srcs, room);
          remaining -= result.bytesConsumed();
          if (result.getStatus() == Status.CLOSED) {
            ended = true;
          }
          if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
            break;
          }
        }
      } finally {
        if (room.flip().hasRemaining()) {
          batch = room;
          idle = 0;
        } else {
          Buffers.give(room);
          idle++;
        }
      }
      if (idle > MAX_IDLE) {
        throw new SSLException("the engine makes no records");
      }
    } finally {
      order.unlock();
    }
  }

  /**
   * Makes the records that the engine has to send by itself. Any thread.
   *
   * @return false if the peer has let so many of them pile up that it must be refused
   */
  boolean wrapControl() throws SSLException {
    order.lock();
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        if (wrapOne().bytesProduced() == 0 || controlBytes > MAX_CONTROL_BYTES) {
          break;
        }
      }
      return controlBytes <= MAX_CONTROL_BYTES;
    } finally {
      order.unlock();
    }
  }

  /** Makes the next record of a handshake. Owner of the write turn. */
  SSLEngineResult wrapHandshake() throws SSLException {
    order.lock();
    try {
      return wrapOne();
    } finally {
      order.unlock();
    }
  }

  /** Called with {@code order}. */
  private SSLEngineResult wrapOne() throws SSLException {
    ByteBuffer room = Buffers.ONE.take();
    try {
      SSLEngineResult result = engine.wrap(NO_DATA, room);
      addControl(room.flip());
      if (result.getStatus() == Status.CLOSED) {
        ended = true;
      }
      return result;
    } finally {
      Buffers.give(room);
    }
  }

  /** Makes the last record of this direction, close_notify. A second call has no effect. */
  void end() throws SSLException {
    order.lock();
    try {
      engine.closeOutbound();
      var _ = wrapControl();
      ended = true;
    } finally {
      order.unlock();
    }
  }

  /**
   * Sends all there is, and waits for that. Owner of the write turn.
   *
   * @throws IOException of the connection beneath; what it has not taken is sent by the next call
   */
  void flush(@Nullable TimeLimit limit) throws IOException {
    for (; ; ) {
      ByteBuffer records = batch;
      if (records == null) {
        if (!hasControl()) {
          return;
        }
        records = takeControl();
      }
      try {
        if (records.hasRemaining()) {
          beneath.write(records, limit);
        }
      } finally {
        if (!records.hasRemaining()) {
          batch = null;
          Buffers.give(records);
        }
      }
    }
  }

  private ByteBuffer takeControl() {
    order.lock();
    try {
      ByteBuffer records = ByteBuffer.wrap(control, 0, controlBytes);
      control = NOTHING;
      controlBytes = 0;
      batch = records;
      return records;
    } finally {
      order.unlock();
    }
  }

  /** Called with {@code order}. */
  private void addControl(ByteBuffer records) {
    int n = records.remaining();
    if (n > 0) {
      int held = controlBytes;
      if (control.length < held + n) {
        control = Arrays.copyOf(control, Math.max(held + n, 2 * held));
      }
      records.get(control, held, n);
      controlBytes = held + n;
    }
  }
}
