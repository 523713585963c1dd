package gonet.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.internal.backend.RawTcpInfo;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TcpInfoTest {
  /** A struct whose byte at offset n is n, so that each field tells where it was read. */
  private static ByteBuffer counting() {
    ByteBuffer struct = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
    for (int i = 0; i < struct.capacity(); i++) {
      struct.put(i, (byte) i);
    }
    return struct;
  }

  private static RawTcpInfo decode(ByteBuffer struct, int length) {
    return TcpInfo.decode(MemorySegment.ofBuffer(struct.clear()), 0, length);
  }

  @Test
  void fieldsAreReadWhereTheKernelWritesThem() {
    ByteBuffer struct = counting();
    RawTcpInfo info = decode(struct, 256);
    assertEquals(0, info.state());
    assertEquals(2, info.retransmits());
    assertEquals(5, info.options());
    assertEquals(struct.getInt(8), info.rtoMicros());
    assertEquals(struct.getInt(68), info.rttMicros());
    assertEquals(struct.getInt(80), info.congestionWindow());
    assertEquals(struct.getInt(100), info.totalRetransmits());
    assertEquals(struct.getLong(120), info.bytesAcked());
    assertEquals(Integer.toUnsignedLong(struct.getInt(148)), info.minRttMicros());
    assertEquals(struct.getLong(160), info.deliveryRate());
    assertEquals(struct.getLong(208), info.bytesRetransmitted());
  }

  @Test
  void fieldsBehindWhatTheKernelFilledAreMinusOne() {
    RawTcpInfo info = decode(counting(), 104);
    assertEquals(counting().getInt(100), info.totalRetransmits());
    assertEquals(-1, info.bytesAcked());
    assertEquals(-1, info.minRttMicros());
    assertEquals(-1, info.bytesRetransmitted());
  }

  @Test
  void aFieldFilledInPartIsMinusOne() {
    assertEquals(-1, decode(counting(), 103).totalRetransmits());
    assertEquals(-1, decode(counting(), 127).bytesAcked());
  }

  @Test
  void theKernelsUnmeasuredMinimumIsMinusOne() {
    assertEquals(-1, decode(counting().putInt(148, -1), 256).minRttMicros());
  }
}
