package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import gonet.internal.backend.UnixName;
import java.lang.foreign.MemorySegment;

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
