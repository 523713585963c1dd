package gonet.internal.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both layouts, whatever machine this runs on. */
class EpollLayoutTest {
  @Test
  void x86PutsTheDataRightBehindTheEvents() {
    byte[] bytes = new byte[12];
    EpollLayout.PACKED.put(MemorySegment.ofArray(bytes), 0, 0x11, 0x2233_4455_6677_8899L);
    assertArrayEquals(
        inNativeOrder(12).putInt(0x11).putLong(0x2233_4455_6677_8899L).array(), bytes);
  }

  @Test
  void aarch64AlignsTheData() {
    byte[] bytes = new byte[16];
    EpollLayout.ALIGNED.put(MemorySegment.ofArray(bytes), 0, 0x11, 0x2233_4455_6677_8899L);
    assertArrayEquals(
        inNativeOrder(16).putInt(0x11).putInt(0).putLong(0x2233_4455_6677_8899L).array(), bytes);
  }

  @ParameterizedTest
  @EnumSource
  void everyElementOfAnArrayIsFoundWhereItWasPut(EpollLayout layout) {
    MemorySegment array = MemorySegment.ofArray(new int[3 * layout.size() / Integer.BYTES]);
    for (int i = 0; i < 3; i++) {
      layout.put(array, (long) i * layout.size(), 100 + i, EpollCalls.data(7 + i, -1 - i));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(100 + i, layout.events(array, i));
      assertEquals(7 + i, EpollCalls.fd(layout.data(array, i)));
      assertEquals(-1 - i, EpollCalls.sequence(layout.data(array, i)));
    }
  }

  @Test
  void aProcessorIsKnownByItsNamesOnly() {
    assertEquals(EpollLayout.PACKED, EpollLayout.of("amd64"));
    assertEquals(EpollLayout.PACKED, EpollLayout.of("x86_64"));
    assertEquals(EpollLayout.ALIGNED, EpollLayout.of("aarch64"));
    assertNull(EpollLayout.of("riscv64"));
  }

  private static ByteBuffer inNativeOrder(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
