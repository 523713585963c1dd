package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import gonet.internal.backend.RawTcpInfo;
import java.lang.foreign.MemorySegment;

/**
 * {@code struct tcp_info} (linux/tcp.h). It has grown at its end with almost every kernel and never
 * changed before it, so a field is there when the returned length covers it.
 */
final class TcpInfo {
  private final MemorySegment memory;
  private final long start;
  private final int length;

  private TcpInfo(MemorySegment memory, long start, int length) {
    this.memory = memory;
    this.start = start;
    this.length = length;
  }

  /** Reads the struct of which the kernel filled {@code length} bytes. */
  static RawTcpInfo decode(MemorySegment memory, long offset, int length) {
    TcpInfo info = new TcpInfo(memory, offset, length);
    return new RawTcpInfo(
        info.u8(0), // tcpi_state
        info.u8(1), // tcpi_ca_state
        info.u8(2), // tcpi_retransmits
        info.u8(3), // tcpi_probes
        info.u8(4), // tcpi_backoff
        info.u8(5), // tcpi_options
        info.u32(8), // tcpi_rto
        info.u32(16), // tcpi_snd_mss
        info.u32(20), // tcpi_rcv_mss
        info.u32(24), // tcpi_unacked
        info.u32(32), // tcpi_lost
        info.u32(36), // tcpi_retrans
        info.u32(44), // tcpi_last_data_sent
        info.u32(52), // tcpi_last_data_recv
        info.u32(56), // tcpi_last_ack_recv
        info.u32(60), // tcpi_pmtu
        info.u32(68), // tcpi_rtt
        info.u32(72), // tcpi_rttvar
        info.u32(80), // tcpi_snd_cwnd
        info.u32(96), // tcpi_rcv_space
        info.u32(100), // tcpi_total_retrans
        info.u64(120), // tcpi_bytes_acked
        info.u64(128), // tcpi_bytes_received
        info.u32(136), // tcpi_segs_out
        info.u32(140), // tcpi_segs_in
        info.u32(144), // tcpi_notsent_bytes
        info.minRtt(), // tcpi_min_rtt
        info.u64(160), // tcpi_delivery_rate
        info.u64(200), // tcpi_bytes_sent
        info.u64(208)); // tcpi_bytes_retrans
  }

  private int u8(int offset) {
    return offset + 1 <= length ? Byte.toUnsignedInt(memory.get(JAVA_BYTE, start + offset)) : -1;
  }

  private long u32(int offset) {
    return offset + 4 <= length
        ? Integer.toUnsignedLong(memory.get(JAVA_INT_UNALIGNED, start + offset))
        : -1;
  }

  private long u64(int offset) {
    return offset + 8 <= length ? memory.get(JAVA_LONG_UNALIGNED, start + offset) : -1;
  }

  /** All bits set is the kernel's word for "not measured yet" (tcp_min_rtt). */
  private long minRtt() {
    long micros = u32(148);
    return micros == 0xFFFF_FFFFL ? -1 : micros;
  }
}
