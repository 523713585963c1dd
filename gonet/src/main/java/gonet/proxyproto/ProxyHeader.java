package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.Conn;
import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UdpAddr;
import gonet.UnixAddr;
import gonet.tls.TlsInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands in front of a stream: whose connection it is. Immutable and safe for any thread.
 *
 * {@snippet :
 * try (Conn target = Net.dial("tcp", "10.0.0.7:8080")) {
 *   ProxyHeader.of(ProxyVersion.V2, client).sendTo(target); // before anything else
 *   Tunnel.between(client, target).run();
 * }
 * }
 *
 * @since 0.1
 */
public final class ProxyHeader {
  private final ProxyVersion version;
  private final boolean local;
  private final @Nullable NetAddr source;
  private final @Nullable NetAddr destination;
  private final List<ProxyTlv> tlvs;
  private final boolean checksum;

  private ProxyHeader(
      ProxyVersion version,
      boolean local,
      @Nullable NetAddr source,
      @Nullable NetAddr destination,
      List<ProxyTlv> tlvs,
      boolean checksum) {
    this.version = version;
    this.local = local;
    this.source = source;
    this.destination = destination;
    this.tlvs = List.copyOf(tlvs);
    this.checksum = checksum;
    if (version == ProxyVersion.V1 && (checksum || !this.tlvs.isEmpty())) {
      throw new IllegalArgumentException("a header of version 1 has no TLVs");
    }
    if (local && (checksum || !this.tlvs.isEmpty())) {
      throw new IllegalArgumentException("a LOCAL header has no TLVs that anybody reads");
    }
    int length = version == ProxyVersion.V1 ? 0 : BinaryHeader.bodyLength(this);
    if (length > ProxyTlv.MAX_BYTES) {
      throw new IllegalArgumentException(
          "header has " + length + " bytes, above " + ProxyTlv.MAX_BYTES);
    }
  }

  // ---- making one ------------------------------------------------------------------------------

  /**
   * Says that the stream is that of a client's connection. Where the version cannot tell its
   * addresses, as those of a pipe, the header is {@linkplain #unknown unknown}. A header that the
   * connection came with, and that tells no client, is passed on as it is: LOCAL remains LOCAL, as
   * far as the version knows that.
   *
   * @param client the connection as this program has it; waits for a header there as {@link
   *     ProxyConn#remoteAddr} does
   */
  public static ProxyHeader of(ProxyVersion version, Conn client) {
    FirstProxy.prepare();
    NetAddr source = client.remoteAddr();
    NetAddr destination = client.localAddr();
    ProxyConn behind = client.find(ProxyConn.class);
    ProxyHeader told = behind == null ? null : behind.told();
    if (told != null && told.source == null) {
      return told.local && version == ProxyVersion.V2 ? local() : unknown(version);
    }
    return problem(version, source, destination) == null
        ? of(version, source, destination)
        : unknown(version);
  }

  /**
   * Says that the stream comes from one address and went to another, at the proxy.
   *
   * @param source the client's
   * @param destination where the client has connected to
   * @throws IllegalArgumentException if the version cannot tell them: version 1 tells those of TCP,
   *     version 2 those of TCP, UDP and Unix sockets, but {@code unixpacket}; both have to be of
   *     one network
   */
  public static ProxyHeader of(ProxyVersion version, NetAddr source, NetAddr destination) {
    FirstProxy.prepare();
    Objects.requireNonNull(version, "version");
    String problem = problem(version, source, destination);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return new ProxyHeader(version, false, source, destination, List.of(), false);
  }

  private static @Nullable String problem(
      ProxyVersion version, NetAddr source, NetAddr destination) {
    if (!source.network().equals(destination.network())) {
      return "addresses " + source + " and " + destination + " are of different networks";
    }
    boolean fits =
        source instanceof TcpAddr
            || (version == ProxyVersion.V2
                && (source instanceof UdpAddr
                    || (source instanceof UnixAddr && !source.network().equals("unixpacket"))));
    return fits ? null : "no header of version " + version + " tells " + source.network();
  }

  /** Says that the stream is somebody's whom nobody can tell: UNKNOWN, or UNSPEC. */
  public static ProxyHeader unknown(ProxyVersion version) {
    FirstProxy.prepare();
    Objects.requireNonNull(version, "version");
    return new ProxyHeader(version, false, null, null, List.of(), false);
  }

  /** Says that the connection is the proxy's own, for instance a health check. Version 2. */
  public static ProxyHeader local() {
    FirstProxy.prepare();
    return new ProxyHeader(ProxyVersion.V2, true, null, null, List.of(), false);
  }

  /**
   * The same with one more TLV, behind the others.
   *
   * @throws IllegalArgumentException if this is of version 1 or {@link #isLocal}, or becomes longer
   *     than a header can be; for a {@link ProxyTlv#CRC32C}, which {@link #withChecksum} writes; if
   *     a {@link ProxyTlv#UNIQUE_ID} has more than 128 bytes, or a {@link ProxyTlv#SSL} is none
   */
  public ProxyHeader withTlv(ProxyTlv tlv) {
    switch (tlv.type()) {
      case ProxyTlv.CRC32C ->
          throw new IllegalArgumentException("the checksum is computed: withChecksum");
      case ProxyTlv.UNIQUE_ID -> {
        String problem = BinaryHeader.uniqueIdProblem(tlv.value());
        if (problem != null) {
          throw new IllegalArgumentException(problem);
        }
      }
      case ProxyTlv.SSL -> {
        try {
          var _ = ProxySsl.parse(tlv);
        } catch (BadHeader e) {
          throw new IllegalArgumentException(e.getMessage(), e);
        }
      }
      default -> {
        // Bytes of any kind.
      }
    }
    List<ProxyTlv> more = new ArrayList<>(tlvs);
    more.add(tlv);
    return with(more, checksum);
  }

  /** The same that names the protocol which the client speaks. */
  public ProxyHeader withAlpn(String protocol) {
    return withTlv(ProxyTlv.of(ProxyTlv.ALPN, protocol.getBytes(ISO_8859_1)));
  }

  /** The same that names the host which the client wants. */
  public ProxyHeader withAuthority(String host) {
    return withTlv(ProxyTlv.of(ProxyTlv.AUTHORITY, host));
  }

  /**
   * The same with a name for the connection.
   *
   * @param id at most 128 bytes
   */
  public ProxyHeader withUniqueId(byte[] id) {
    return withTlv(ProxyTlv.of(ProxyTlv.UNIQUE_ID, id));
  }

  /** The same that tells of the client's TLS. */
  public ProxyHeader withSsl(ProxySsl ssl) {
    return withTlv(ssl.tlv());
  }

  /**
   * The same that tells what a handshake with the client has agreed on: {@link #alpn}, {@link
   * #authority} for the name that the client asked for, and {@link #ssl}.
   */
  public ProxyHeader withTls(TlsInfo info) {
    ProxyHeader header = this;
    if (info.alpn() != null) {
      header = header.withAlpn(info.alpn());
    }
    if (info.serverName() != null) {
      header = header.withAuthority(info.serverName());
    }
    return header.withSsl(ProxySsl.of(info));
  }

  /** The same with a checksum over all of it, or without one. Default: without. */
  public ProxyHeader withChecksum(boolean on) {
    return with(tlvs, on);
  }

  ProxyHeader with(List<ProxyTlv> otherTlvs, boolean otherChecksum) {
    return new ProxyHeader(version, local, source, destination, otherTlvs, otherChecksum);
  }

  // ---- what it says ----------------------------------------------------------------------------

  /** The form in which it came, or goes. */
  public ProxyVersion version() {
    return version;
  }

  /** Whether the connection is the proxy's own, for instance a health check. */
  public boolean isLocal() {
    return local;
  }

  /** The client's address; null if the header does not tell it. */
  public @Nullable NetAddr source() {
    return source;
  }

  /** The address that the client has connected to; null if the header does not tell it. */
  public @Nullable NetAddr destination() {
    return destination;
  }

  /** All TLVs in their order, except the checksum. */
  public List<ProxyTlv> tlvs() {
    return tlvs;
  }

  /** The first TLV of a type; null if there is none. */
  public @Nullable ProxyTlv tlv(int type) {
    return first(tlvs, type);
  }

  static @Nullable ProxyTlv first(List<ProxyTlv> tlvs, int type) {
    for (ProxyTlv tlv : tlvs) {
      if (tlv.type() == type) {
        return tlv;
      }
    }
    return null;
  }

  /** The protocol that the client speaks, such as {@code h2}; null if it was not said. */
  public @Nullable String alpn() {
    ProxyTlv tlv = tlv(ProxyTlv.ALPN);
    return tlv == null ? null : new String(tlv.value(), ISO_8859_1);
  }

  /** The host that the client wants; null if it was not said. */
  public @Nullable String authority() {
    ProxyTlv tlv = tlv(ProxyTlv.AUTHORITY);
    return tlv == null ? null : tlv.text();
  }

  /** The name of the connection, at most 128 bytes; null if it has none. */
  public byte @Nullable [] uniqueId() {
    ProxyTlv tlv = tlv(ProxyTlv.UNIQUE_ID);
    return tlv == null ? null : tlv.value();
  }

  /** The network namespace at the proxy; null if it was not said. */
  public @Nullable String netns() {
    ProxyTlv tlv = tlv(ProxyTlv.NETNS);
    return tlv == null ? null : tlv.text();
  }

  /** The client's TLS; null if it was not said. */
  public @Nullable ProxySsl ssl() {
    ProxyTlv tlv = tlv(ProxyTlv.SSL);
    if (tlv == null) {
      return null;
    }
    try {
      return ProxySsl.parse(tlv);
    } catch (BadHeader e) {
      throw new AssertionError("it was good when the header was made", e);
    }
  }

  /** Whether a checksum was there, which was right; or is written. */
  public boolean hasChecksum() {
    return checksum;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** The bytes. */
  public byte[] encode() {
    return version == ProxyVersion.V1 ? TextHeader.encode(this) : BinaryHeader.encode(this);
  }

  /**
   * Writes the bytes, as the first ones of a connection to a server.
   *
   * @throws IOException as {@link Conn#write(byte[])}
   */
  public void sendTo(Conn server) throws IOException {
    server.write(encode());
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof ProxyHeader other
        && version == other.version
        && local == other.local
        && Objects.equals(source, other.source)
        && Objects.equals(destination, other.destination)
        && tlvs.equals(other.tlvs)
        && checksum == other.checksum;
  }

  @Override
  public int hashCode() {
    return Objects.hash(version, local, source, destination, tlvs, checksum);
  }

  /** Command, addresses and TLVs. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ProxyHeader[").append(version);
    if (local) {
      text.append(" LOCAL");
    } else if (source == null) {
      text.append(" unknown");
    } else {
      text.append(' ').append(source.network()).append(' ').append(source);
      text.append("->").append(destination);
    }
    for (ProxyTlv tlv : tlvs) {
      text.append(' ').append(tlv);
    }
    return text.append(checksum ? " checksum]" : "]").toString();
  }
}
