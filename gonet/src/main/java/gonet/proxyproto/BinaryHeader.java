package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UdpAddr;
import gonet.UnixAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.proxyproto.ProxyProtocolException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Version 2. Numbers are in network order:
 *
 * <pre>
 *    0  CR LF CR LF NUL CR LF Q U I T LF
 *   12  version 2, four bits | command, four bits: 0 LOCAL, 1 PROXY
 *   13  family, four bits: 0 UNSPEC, 1 INET, 2 INET6, 3 UNIX | 0 UNSPEC, 1 STREAM, 2 DGRAM
 *   14  length of what follows, 16 bits
 *   16  INET  source 4, destination 4, source port 2, destination port 2
 *       INET6 source 16, destination 16, source port 2, destination port 2
 *       UNIX  source 108, destination 108
 *       then TLVs: type 1, length 2, value
 * </pre>
 *
 * Stateless.
 */
final class BinaryHeader {
  static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

  /** Up to the length, and with it. */
  static final int PREFIX_BYTES = 16;

  /** The longest header that there can be. */
  static final int MAX_BYTES = PREFIX_BYTES + 0xffff;

  private static final int COMMAND_AT = 12;
  private static final int FAMILY_AT = 13;
  private static final int LENGTH_AT = 14;

  private static final int VERSION = 2;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;

  private static final int UNSPEC = 0x00;
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;
  private static final int STREAM = 1;
  private static final int DGRAM = 2;

  /** {@code sizeof sun_path}. */
  private static final int UNIX_BYTES = 108;

  private static final int CRC_BYTES = 4;
  private static final int MAX_UNIQUE_ID = 128;

  private BinaryHeader() {}

  // ---- where it ends ---------------------------------------------------------------------------

  /** {@link HeaderReader#missing}. */
  static int missing(byte[] bytes, int size, int maxBytes) throws BadHeader {
    if (size < PREFIX_BYTES) {
      return PREFIX_BYTES - size;
    }
    int total = PREFIX_BYTES + (ByteBuffer.wrap(bytes).getShort(LENGTH_AT) & 0xffff);
    if (total > maxBytes) {
      throw BadHeader.of(
          Reason.TOO_LONG, "header of", Integer.toString(total), "bytes is above " + maxBytes);
    }
    return total - size;
  }

  // ---- what it says ----------------------------------------------------------------------------

  /** Of a whole header. */
  static ProxyHeader parse(byte[] bytes, int size) throws BadHeader {
    int version = (bytes[COMMAND_AT] & 0xff) >>> 4;
    int command = bytes[COMMAND_AT] & 0xf;
    if (version != VERSION) {
      throw BadHeader.malformed("version", Integer.toString(version), "is not 2");
    }
    if (command != LOCAL && command != PROXY) {
      throw BadHeader.malformed("command", Integer.toString(command), "is none of 0 and 1");
    }
    if (command == LOCAL) {
      return ProxyHeader.local(); // and the rest is dropped, as it has to be
    }
    int family = bytes[FAMILY_AT] & 0xff;
    ByteBuffer in = ByteBuffer.wrap(bytes, PREFIX_BYTES, size - PREFIX_BYTES);
    if (family == UNSPEC) {
      return unspecified(in, bytes, size);
    }
    int transport = family & 0xf;
    if (transport != STREAM && transport != DGRAM) {
      throw unknownFamily(family);
    }
    int needed =
        switch (family >>> 4) {
          case INET -> 12;
          case INET6 -> 36;
          case UNIX -> 2 * UNIX_BYTES;
          default -> throw unknownFamily(family);
        };
    if (in.remaining() < needed) {
      throw BadHeader.malformed(
          "length", Integer.toString(in.remaining()), "has no room for addresses of " + needed);
    }
    ProxyHeader header =
        family >>> 4 == UNIX
            ? unix(in, transport == STREAM)
            : inet(in, family >>> 4 == INET ? 4 : 16, transport == STREAM);
    return withTlvs(header, in, bytes, size);
  }

  private static BadHeader unknownFamily(int family) {
    return BadHeader.malformed("family", Shown.hex(family), "is none that there is");
  }

  /**
   * Addresses of a kind that has no number may stand there, of any length. So what is no row of
   * TLVs is dropped like them.
   */
  private static ProxyHeader unspecified(ByteBuffer in, byte[] bytes, int size) throws BadHeader {
    ProxyHeader header = ProxyHeader.unknown(ProxyVersion.V2);
    try {
      var _ = tlvs(in.duplicate());
    } catch (BadHeader e) {
      return header;
    }
    return withTlvs(header, in, bytes, size);
  }

  private static ProxyHeader inet(ByteBuffer in, int length, boolean stream) {
    byte[] address = new byte[length];
    in.get(address);
    Addr source = Addr.fromBytes(address);
    in.get(address);
    Addr destination = Addr.fromBytes(address);
    AddrPort from = AddrPort.of(source, in.getShort() & 0xffff);
    AddrPort to = AddrPort.of(destination, in.getShort() & 0xffff);
    return stream
        ? ProxyHeader.of(ProxyVersion.V2, TcpAddr.of(from), TcpAddr.of(to))
        : ProxyHeader.of(ProxyVersion.V2, UdpAddr.of(from), UdpAddr.of(to));
  }

  private static ProxyHeader unix(ByteBuffer in, boolean stream) throws BadHeader {
    NetAddr source = unixAddr("source path", in, stream);
    NetAddr destination = unixAddr("destination path", in, stream);
    return ProxyHeader.of(ProxyVersion.V2, source, destination);
  }

  /** A path ends with its first NUL; an abstract name, which begins with one, with its last. */
  private static UnixAddr unixAddr(String what, ByteBuffer in, boolean stream) throws BadHeader {
    byte[] path = new byte[UNIX_BYTES];
    in.get(path);
    int length = 0;
    if (path[0] == 0) {
      for (length = UNIX_BYTES; length > 0 && path[length - 1] == 0; length--) {
        // NULs behind the name
      }
    } else {
      while (length < UNIX_BYTES && path[length] != 0) {
        length++;
      }
    }
    try {
      String name = UTF_8.newDecoder().decode(ByteBuffer.wrap(path, 0, length)).toString();
      if (name.startsWith("\0")) {
        name = "@" + name.substring(1);
      } else if (name.startsWith("@")) {
        name = "./" + name;
      }
      return UnixAddr.of(stream ? "unix" : "unixgram", name);
    } catch (CharacterCodingException e) {
      throw BadHeader.malformed(what, Shown.bytes(path, length), "is not in UTF-8");
    } catch (IllegalArgumentException e) {
      throw BadHeader.malformed(what, Shown.bytes(path, length), "is too long");
    }
  }

  // ---- TLVs ------------------------------------------------------------------------------------

  private static ProxyHeader withTlvs(ProxyHeader header, ByteBuffer in, byte[] bytes, int size)
      throws BadHeader {
    int from = in.position();
    List<ProxyTlv> all = tlvs(in);
    List<ProxyTlv> kept = new ArrayList<>(all.size());
    boolean checksum = false;
    int at = from;
    for (ProxyTlv tlv : all) {
      switch (tlv.type()) {
        case ProxyTlv.CRC32C -> {
          if (checksum) {
            throw BadHeader.malformed("TLV", Shown.hex(ProxyTlv.CRC32C), "is there twice");
          }
          checksum = true;
          requireChecksum(tlv, at + ProxyTlv.OVERHEAD, bytes, size);
        }
        case ProxyTlv.UNIQUE_ID -> requireUniqueId(tlv);
        case ProxyTlv.SSL -> {
          var _ = ProxySsl.parse(tlv);
        }
        default -> {
          // Bytes of any kind.
        }
      }
      if (tlv.type() != ProxyTlv.CRC32C) {
        kept.add(tlv);
      }
      at += ProxyTlv.OVERHEAD + tlv.length();
    }
    return header.with(kept, checksum);
  }

  /** To the end of the bytes. */
  static List<ProxyTlv> tlvs(ByteBuffer in) throws BadHeader {
    List<ProxyTlv> tlvs = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < ProxyTlv.OVERHEAD) {
        throw BadHeader.malformed(
            "rest of", Integer.toString(in.remaining()), "bytes is shorter than a TLV");
      }
      int type = in.get() & 0xff;
      int length = in.getShort() & 0xffff;
      if (length > in.remaining()) {
        throw BadHeader.malformed(
            "length of TLV " + Shown.hex(type),
            Integer.toString(length),
            "is above the " + in.remaining() + " bytes that are left");
      }
      byte[] value = new byte[length];
      in.get(value);
      tlvs.add(ProxyTlv.of(type, value));
    }
    return tlvs;
  }

  private static void requireUniqueId(ProxyTlv tlv) throws BadHeader {
    if (tlv.length() > MAX_UNIQUE_ID) {
      throw BadHeader.malformed(
          "length of the unique id", Integer.toString(tlv.length()), "is above " + MAX_UNIQUE_ID);
    }
  }

  /** Over the whole header, with zeros in the place of the checksum. */
  private static void requireChecksum(ProxyTlv tlv, int at, byte[] bytes, int size)
      throws BadHeader {
    if (tlv.length() != CRC_BYTES) {
      throw BadHeader.malformed(
          "length of the checksum", Integer.toString(tlv.length()), "is not " + CRC_BYTES);
    }
    int said = ByteBuffer.wrap(tlv.value()).getInt();
    byte[] zeroed = Arrays.copyOf(bytes, size);
    Arrays.fill(zeroed, at, at + CRC_BYTES, (byte) 0);
    int right = crc(zeroed);
    if (said != right) {
      throw BadHeader.of(
          Reason.CHECKSUM,
          "checksum",
          Integer.toHexString(said),
          "is not " + Integer.toHexString(right));
    }
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /** Why this may be no unique id; null if it may be one. */
  static @Nullable String uniqueIdProblem(byte[] id) {
    return id.length <= MAX_UNIQUE_ID
        ? null
        : "unique id has " + id.length + " bytes, above " + MAX_UNIQUE_ID;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** How many bytes these take. */
  static int length(List<ProxyTlv> tlvs) {
    int length = 0;
    for (ProxyTlv tlv : tlvs) {
      length += ProxyTlv.OVERHEAD + tlv.length();
    }
    return length;
  }

  static void put(ByteBuffer out, List<ProxyTlv> tlvs) {
    for (ProxyTlv tlv : tlvs) {
      out.put((byte) tlv.type()).putShort((short) tlv.length()).put(tlv.value());
    }
  }

  /** The bytes behind the prefix, of any length. */
  static int bodyLength(ProxyHeader header) {
    int addresses =
        switch (family(header) >>> 4) {
          case INET -> 12;
          case INET6 -> 36;
          case UNIX -> 2 * UNIX_BYTES;
          default -> 0;
        };
    return addresses
        + length(header.tlvs())
        + (header.hasChecksum() ? ProxyTlv.OVERHEAD + CRC_BYTES : 0);
  }

  /** The header, whose length was held against the limit before. */
  static byte[] encode(ProxyHeader header) {
    int family = family(header);
    int length = bodyLength(header);
    ByteBuffer out = ByteBuffer.allocate(PREFIX_BYTES + length);
    out.put(SIGNATURE)
        .put((byte) ((VERSION << 4) | (header.isLocal() ? LOCAL : PROXY)))
        .put((byte) family)
        .putShort((short) length);
    putAddresses(out, header, family >>> 4);
    put(out, header.tlvs());
    if (header.hasChecksum()) {
      out.put((byte) ProxyTlv.CRC32C).putShort((short) CRC_BYTES);
      int at = out.position();
      out.putInt(at, crc(out.array()));
    }
    return out.array();
  }

  private static void putAddresses(ByteBuffer out, ProxyHeader header, int family) {
    NetAddr source = header.source();
    NetAddr destination = header.destination();
    if (source == null || destination == null) {
      return;
    }
    if (source instanceof UnixAddr from && destination instanceof UnixAddr to) {
      put(out, from);
      put(out, to);
      return;
    }
    AddrPort from = source.addrPort();
    AddrPort to = destination.addrPort();
    if (from != null && to != null) {
      out.put(bytes(from.addr(), family)).put(bytes(to.addr(), family));
      out.putShort((short) from.port()).putShort((short) to.port());
    }
  }

  private static byte[] bytes(Addr addr, int family) {
    return family == INET ? addr.as4() : addr.as16();
  }

  private static void put(ByteBuffer out, UnixAddr addr) {
    byte[] path = addr.name().getBytes(UTF_8);
    if (addr.isAbstract()) {
      path[0] = 0;
    }
    out.put(Arrays.copyOf(path, UNIX_BYTES));
  }

  /** Family and transport as one byte. */
  private static int family(ProxyHeader header) {
    NetAddr source = header.source();
    NetAddr destination = header.destination();
    if (source == null || destination == null) {
      return UNSPEC;
    }
    if (source instanceof UnixAddr) {
      return (UNIX << 4) | (source.network().equals("unixgram") ? DGRAM : STREAM);
    }
    int transport = source instanceof UdpAddr ? DGRAM : STREAM;
    return ((isIpv4(source) && isIpv4(destination) ? INET : INET6) << 4) | transport;
  }

  private static boolean isIpv4(NetAddr addr) {
    AddrPort pair = addr.addrPort();
    return pair != null && pair.addr().is4();
  }
}
