package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a group is joined and left with (ip(7), RFC 3678):
 *
 * <pre>
 *   group_req          interface:4  padding:4  group: sockaddr_storage of 128         136 bytes
 *   group_source_req   the same, then  source: sockaddr_storage of 128                264 bytes
 * </pre>
 */
public final class Membership {
  private static final int GROUP_AT = 8;
  private static final int SOURCE_AT = GROUP_AT + 128;
  private static final int END = SOURCE_AT + 128;

  private Membership() {}

  /** The struct; the source is of the group's family. */
  public static byte[] request(Addr group, int interfaceIndex, @Nullable Addr source) {
    byte[] request = new byte[source == null ? SOURCE_AT : END];
    MemorySegment memory = MemorySegment.ofArray(request);
    memory.set(JAVA_INT_UNALIGNED, 0, interfaceIndex);
    int domain = group.is4() ? Linux.AF_INET : Linux.AF_INET6;
    SockAddr.encode(AddrPort.of(group, 0), domain, memory, GROUP_AT);
    if (source != null) {
      SockAddr.encode(AddrPort.of(source, 0), domain, memory, SOURCE_AT);
    }
    return request;
  }
}
