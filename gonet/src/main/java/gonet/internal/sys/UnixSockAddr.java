package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import gonet.internal.backend.UnixName;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct sockaddr_un} (unix(7)); its length tells where the name ends.
 *
 * <pre>
 *   unnamed     family:2                                     2 bytes; to bind it means autobind
 *   path        family:2  path:1 to 107  NUL                 the kernel may leave out the NUL
 *   abstract    family:2  NUL  name:0 to 107                 any bytes, also further NULs
 * </pre>
 */
final class UnixSockAddr {
  private static final int PATH = 2;

  private UnixSockAddr() {}

  /**
   * Writes a name.
   *
   * @return the length of what was written
   * @throws IllegalArgumentException if the name is too long, which the caller has to check
   */
  static int encode(UnixName from, MemorySegment memory, long offset) {
    int ascii = encodeAscii(from, memory, offset);
    if (ascii > 0) {
      return ascii;
    }
    byte[] bytes = from.bytes();
    boolean path = from.isPath();
    if (bytes.length > (path ? UnixName.MAX_PATH_BYTES : UnixName.MAX_ABSTRACT_BYTES)) {
      throw new IllegalArgumentException("name of " + bytes.length + " bytes");
    }
    memory.set(JAVA_SHORT_UNALIGNED, offset, (short) Linux.AF_UNIX);
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, offset + PATH, bytes.length);
    if (!path) {
      return PATH + bytes.length;
    }
    memory.set(JAVA_BYTE, offset + PATH + bytes.length, (byte) 0);
    return PATH + bytes.length + 1;
  }

  /** The same without an object; zero if that takes one, or the name is too long. */
  private static int encodeAscii(UnixName from, MemorySegment memory, long offset) {
    String text = from.text();
    boolean path = from.isPath();
    int length = text.length();
    if (length == 0 || length > (path ? UnixName.MAX_PATH_BYTES : UnixName.MAX_ABSTRACT_BYTES)) {
      return 0;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return 0;
      }
      memory.set(JAVA_BYTE, offset + PATH + i, (byte) (i == 0 && !path ? 0 : c));
    }
    memory.set(JAVA_SHORT_UNALIGNED, offset, (short) Linux.AF_UNIX);
    if (!path) {
      return PATH + length;
    }
    memory.set(JAVA_BYTE, offset + PATH + length, (byte) 0);
    return PATH + length + 1;
  }

  /**
   * Reads the name of a datagram's sender.
   *
   * @param known what is given back if it is this very name, so that none is made
   * @return null if there is none
   */
  static @Nullable UnixName decode(
      MemorySegment memory, long offset, int length, @Nullable UnixName known) {
    if (length <= PATH || memory.get(JAVA_SHORT_UNALIGNED, offset) != Linux.AF_UNIX) {
      return null;
    }
    return known != null && isAscii(known, memory, offset + PATH, length - PATH)
        ? known
        : decode(memory, offset, length);
  }

  /** Whether these bytes are that name, which has nothing but ASCII in it. */
  private static boolean isAscii(UnixName name, MemorySegment memory, long offset, int count) {
    String text = name.text();
    int length = text.length();
    boolean path = name.isPath();
    boolean fits =
        path
            ? count >= length && (count == length || memory.get(JAVA_BYTE, offset + length) == 0)
            : count == length;
    for (int i = 0; fits && i < length; i++) {
      char c = i == 0 && !path ? 0 : text.charAt(i);
      fits = c < 0x80 && memory.get(JAVA_BYTE, offset + i) == c;
    }
    return fits;
  }

  /** Reads a name of {@code length} bytes in all. Whatever is none of Unix has no name. */
  static UnixName decode(MemorySegment memory, long offset, int length) {
    if (length <= PATH || memory.get(JAVA_SHORT_UNALIGNED, offset) != Linux.AF_UNIX) {
      return UnixName.UNNAMED;
    }
    int count = length - PATH;
    if (memory.get(JAVA_BYTE, offset + PATH) != 0) { // a path, which has no NUL inside
      int end = 0;
      while (end < count && memory.get(JAVA_BYTE, offset + PATH + end) != 0) {
        end++;
      }
      count = end;
    }
    byte[] bytes = new byte[count];
    MemorySegment.copy(memory, JAVA_BYTE, offset + PATH, bytes, 0, count);
    return UnixName.ofBytes(bytes);
  }
}
