package gonet.test.dns;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What somebody has asked.
 *
 * @param name with the root's dot at its end, as it was written
 * @param type its number, such as {@link #A}
 * @param edns whether there is an OPT record
 * @param stream whether it came by TCP
 * @param message all of it, read-only
 */
public record DnsQuery(
    int id,
    String name,
    int type,
    boolean edns,
    boolean stream,
    InetSocketAddress from,
    ByteBuffer message) {
  public static final int A = 1;
  public static final int NS = 2;
  public static final int CNAME = 5;
  public static final int SOA = 6;
  public static final int PTR = 12;
  public static final int MX = 15;
  public static final int TXT = 16;
  public static final int AAAA = 28;
  public static final int SRV = 33;

  /** Reads one, as it came from {@code from}. */
  public static DnsQuery read(byte[] bytes, InetSocketAddress from, boolean stream)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int id = in.readUnsignedShort();
    in.skipBytes(8);
    boolean edns = in.readUnsignedShort() > 0;
    StringBuilder name = new StringBuilder();
    for (int length = in.readUnsignedByte(); length > 0; length = in.readUnsignedByte()) {
      byte[] label = new byte[length];
      in.readFully(label);
      name.append(new String(label, StandardCharsets.ISO_8859_1)).append('.');
    }
    int type = in.readUnsignedShort();
    return new DnsQuery(
        id,
        name.isEmpty() ? "." : name.toString(),
        type,
        edns,
        stream,
        from,
        ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  /** All of it. */
  public byte[] bytes() {
    byte[] bytes = new byte[message.remaining()];
    message.duplicate().get(bytes);
    return bytes;
  }

  /** Whether it asks for this type. */
  public boolean is(int wanted) {
    return type == wanted;
  }

  /** An answer to it, to be filled. */
  public DnsReply reply() {
    return new DnsReply(this);
  }
}
