package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.internal.backend.UnixName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of Unix sockets in the kernel's form, and back. unix(7). */
class UnixSockAddrTest {
  private static final int OFFSET = 16;
  private static final int FAMILY = 2;

  /** With something in it that was there before. */
  private final MemorySegment memory = Arena.ofAuto().allocate(160).fill((byte) 'x');

  @ParameterizedTest
  @ValueSource(
      strings = {"/run/x.sock", "rel", "./@not-abstract", "/tmp/ä€", "@name", "@", "@a\0b"})
  void aNameComesBackAsItWent(String text) {
    int length = UnixSockAddr.encode(new UnixName(text), memory, OFFSET);
    assertEquals(Linux.AF_UNIX, memory.get(JAVA_SHORT_UNALIGNED, OFFSET));
    assertEquals(new UnixName(text), UnixSockAddr.decode(memory, OFFSET, length));
  }

  @Test
  void aPathHasANulBehindItAndAnAbstractNameOneBefore() {
    assertEquals(FAMILY + 2 + 1, UnixSockAddr.encode(new UnixName("/a"), memory, OFFSET));
    assertEquals(0, memory.get(JAVA_BYTE, OFFSET + FAMILY + 2));
    assertEquals(FAMILY + 2, UnixSockAddr.encode(new UnixName("@a"), memory, OFFSET));
    assertEquals(0, memory.get(JAVA_BYTE, OFFSET + FAMILY));
    assertEquals('a', memory.get(JAVA_BYTE, OFFSET + FAMILY + 1));
  }

  @Test
  void noNameIsTheFamilyAlone() {
    assertEquals(FAMILY, UnixSockAddr.encode(UnixName.UNNAMED, memory, OFFSET));
    assertEquals(UnixName.UNNAMED, UnixSockAddr.decode(memory, OFFSET, FAMILY));
    assertEquals(UnixName.UNNAMED, UnixSockAddr.decode(memory, OFFSET, 0));
  }

  @Test
  void theLongestPathIs107BytesAndTheLongestAbstractName108() {
    String path = "/" + "p".repeat(106);
    assertEquals(FAMILY + 108, UnixSockAddr.encode(new UnixName(path), memory, OFFSET));
    assertEquals(path, UnixSockAddr.decode(memory, OFFSET, FAMILY + 108).text());
    String name = "@" + "n".repeat(107);
    assertEquals(FAMILY + 108, UnixSockAddr.encode(new UnixName(name), memory, OFFSET));
    assertEquals(name, UnixSockAddr.decode(memory, OFFSET, FAMILY + 108).text());
    for (String tooLong : new String[] {path + "p", name + "n", "/" + "ä".repeat(54)}) {
      UnixName unfit = new UnixName(tooLong);
      assertThrows(
          IllegalArgumentException.class, () -> UnixSockAddr.encode(unfit, memory, OFFSET));
    }
  }

  /**
   * Another program may bind all 108 bytes as a path; the kernel tells them with or without NUL.
   */
  @Test
  void aPathOf108BytesIsReadWithAndWithoutItsNul() {
    String path = "/" + "p".repeat(107);
    memory.set(JAVA_SHORT_UNALIGNED, OFFSET, (short) Linux.AF_UNIX);
    MemorySegment.copy(
        path.getBytes(StandardCharsets.US_ASCII), 0, memory, JAVA_BYTE, OFFSET + FAMILY, 108);
    memory.set(JAVA_BYTE, OFFSET + FAMILY + 108, (byte) 0);
    assertEquals(path, UnixSockAddr.decode(memory, OFFSET, FAMILY + 108).text());
    assertEquals(path, UnixSockAddr.decode(memory, OFFSET, FAMILY + 109).text());
  }

  @Test
  void anAddressOfAnotherFamilyHasNoName() {
    memory.set(JAVA_SHORT_UNALIGNED, OFFSET, (short) Linux.AF_INET);
    assertEquals(UnixName.UNNAMED, UnixSockAddr.decode(memory, OFFSET, 16));
  }
}
