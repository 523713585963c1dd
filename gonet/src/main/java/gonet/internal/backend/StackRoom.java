package gonet.internal.backend;

/**
 * Makes a thread that is at the end of its stack fail before it begins something, rather than in
 * the middle of it. For steps that must be finished once they are begun and that are not on the way
 * of each read and write: to close, to hand a lock over, to take a number from the kernel. And for
 * the JDK's channels, which take locks in each read and write.
 *
 * <p>The JVM tells nobody how much stack is left, so this goes down and comes back: a microsecond
 * at first, a fraction of one when compiled. A level takes some 90 bytes when interpreted and 50
 * when compiled, which the frames of the steps behind it do as well.
 */
public final class StackRoom {
  /** For a step that wakes a thread or calls the kernel, through the JDK's own code: some 6 KB. */
  private static final int MUCH = 128;

  /** For a step of a few frames. */
  private static final int LITTLE = 32;

  private StackRoom() {}

  /**
   * Returns if a step that goes through the JDK's code will find room.
   *
   * @throws StackOverflowError if not; nothing has happened
   */
  public static void requireMuch() {
    var _ = descend(MUCH);
  }

  /**
   * Returns if a step of a few frames will find room.
   *
   * @throws StackOverflowError if not; nothing has happened
   */
  public static void requireLittle() {
    var _ = descend(LITTLE);
  }

  /** The sum keeps each level's frame until the levels below it have returned. */
  private static int descend(int levels) {
    return levels == 0 ? 0 : 1 + descend(levels - 1);
  }
}
