package gonet.test;

import java.time.Duration;
import java.util.Random;

/** One thing that a {@link BadPeer} does. Immutable, except for arrays, which nobody may change. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares effects
public sealed interface Effect {

  /** Sends these bytes. */
  record SendBytes(byte[] bytes) implements Effect {}

  /** Sends these bytes a few at a time. */
  record Drip(byte[] bytes, int each, Duration interval) implements Effect {}

  /** Sends bytes without meaning, the same for the same seed. */
  record Garbage(int count, long seed) implements Effect {

    /** The bytes that go out. */
    public byte[] bytes() {
      byte[] bytes = new byte[count];
      new Random(seed).nextBytes(bytes);
      return bytes;
    }
  }

  /** Sends one byte as urgent data (MSG_OOB): reads stop at its mark. */
  record SendUrgent(int value) implements Effect {}

  /** Does nothing for a while, or until the peer is closed. */
  record Stall(Duration span) implements Effect {}

  /** Reads and records this many bytes, or to the end of the stream. */
  record Read(int count) implements Effect {}

  /** Reads and records to the end of the stream. */
  record ReadToEnd() implements Effect {}

  /** Sends back and records what comes, to the end of the stream. Manners: good. */
  record Echo() implements Effect {}

  /** Reads and records this many bytes, then resets the connection. */
  record ReadThenReset(int count) implements Effect {}

  /**
   * Reads nothing until the peer is closed, behind a window as small as the kernel allows. Anywhere
   * in a script, it makes the window small from the start.
   */
  record NeverRead() implements Effect {}

  /** Ends the sending direction. */
  record HalfClose() implements Effect {}

  /** Closes: a reset if there is unread input, an orderly end otherwise. */
  record Close() implements Effect {}

  /** Resets the connection (SO_LINGER of zero, then close). */
  record Reset() implements Effect {}
}
