package gonet.test.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * An answer that is made record by record. It repeats id and question of its query unless it is
 * told otherwise, and says that recursion is available. For one thread.
 */
public final class DnsReply {
  /** The name server could not do it. */
  public static final int SERVFAIL = 2;

  /** There is no such name. */
  public static final int NXDOMAIN = 3;

  /** The query's form is not understood. */
  public static final int FORMERR = 1;

  private static final int RESPONSE = 0x8180; // with recursion desired and available
  private static final int TRUNCATED = 0x0200;
  private static final int LAME = 0x8100;
  private static final int TTL = 300;

  private final DnsQuery query;
  private int id;
  private String name;
  private int type;
  private int flags = RESPONSE;
  private boolean repeats = true;
  private int answers;
  private int authorities;
  private final ByteArrayOutputStream answerRecords = new ByteArrayOutputStream();
  private final ByteArrayOutputStream authorityRecords = new ByteArrayOutputStream();

  DnsReply(DnsQuery query) {
    this.query = query;
    this.id = query.id();
    this.name = query.name();
    this.type = query.type();
  }

  /** What a record consists of. */
  private interface Data {
    void write(DataOutputStream out) throws IOException;
  }

  // ---- what is wrong with it -------------------------------------------------------------------

  /** Another result than success. */
  public DnsReply rcode(int rcode) {
    flags |= rcode;
    return this;
  }

  /** Says that there is more. */
  public DnsReply truncated() {
    flags |= TRUNCATED;
    return this;
  }

  /** Says that the server neither knows nor asks others. */
  public DnsReply lame() {
    flags = LAME;
    return this;
  }

  /** As an answer to another query would have it. */
  public DnsReply withId(int other) {
    id = other;
    return this;
  }

  /** As an answer to another question would have it. */
  public DnsReply withQuestion(String otherName, int otherType) {
    name = otherName;
    type = otherType;
    return this;
  }

  /** As servers do that do not understand the query. */
  public DnsReply withoutQuestion() {
    repeats = false;
    return this;
  }

  // ---- what it says ----------------------------------------------------------------------------

  /** An address of the name asked for, if it is of the type asked for. */
  public DnsReply addr(String addr) {
    return addr(query.name(), addr);
  }

  /** An address of some name, if it is of the type asked for. */
  public DnsReply addr(String owner, String addr) {
    try {
      byte[] bytes = InetAddress.getByName(addr).getAddress();
      int addrType = bytes.length == 4 ? DnsQuery.A : DnsQuery.AAAA;
      return query.is(addrType) ? answer(owner, addrType, TTL, out -> out.write(bytes)) : this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An alias. */
  public DnsReply cname(String owner, String target) {
    return answer(owner, DnsQuery.CNAME, TTL, out -> name(out, target));
  }

  /** A record that is a name. */
  public DnsReply domain(String target) {
    return answer(query.name(), query.type(), TTL, out -> name(out, target));
  }

  /** A mail exchange. */
  public DnsReply mx(int preference, String host) {
    return answer(
        query.name(),
        DnsQuery.MX,
        TTL,
        out -> {
          out.writeShort(preference);
          name(out, host);
        });
  }

  /** A place of a service. */
  public DnsReply srv(int priority, int weight, int port, String target) {
    return answer(
        query.name(),
        DnsQuery.SRV,
        TTL,
        out -> {
          out.writeShort(priority);
          out.writeShort(weight);
          out.writeShort(port);
          name(out, target);
        });
  }

  /** Strings of one record. */
  public DnsReply txt(String... strings) {
    return answer(
        query.name(),
        DnsQuery.TXT,
        TTL,
        out -> {
          for (String string : strings) {
            byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
            out.writeByte(bytes.length);
            out.write(bytes);
          }
        });
  }

  /** Any record. */
  public DnsReply raw(int rawType, byte[] data) {
    return answer(query.name(), rawType, TTL, out -> out.write(data));
  }

  /** Who is responsible, and how long nothing may be remembered. */
  public DnsReply soa(int minimumSeconds) {
    authorities++;
    return record(
        authorityRecords,
        ".",
        DnsQuery.SOA,
        minimumSeconds,
        out -> {
          name(out, ".");
          name(out, ".");
          for (int i = 0; i < 4; i++) {
            out.writeInt(1);
          }
          out.writeInt(minimumSeconds);
        });
  }

  private DnsReply answer(String owner, int recordType, int ttl, Data data) {
    answers++;
    return record(answerRecords, owner, recordType, ttl, data);
  }

  private DnsReply record(
      ByteArrayOutputStream section, String owner, int recordType, int ttl, Data data) {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      data.write(new DataOutputStream(body));
      DataOutputStream out = new DataOutputStream(section);
      name(out, owner);
      out.writeShort(recordType);
      out.writeShort(1);
      out.writeInt(ttl);
      out.writeShort(body.size());
      body.writeTo(out);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    if (!name.equals(".")) {
      for (String label : name.split("\\.")) {
        out.writeByte(label.length());
        out.write(label.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    out.writeByte(0);
  }

  /** The message. */
  public byte[] bytes() {
    try {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(message);
      out.writeShort(id);
      out.writeShort(flags);
      out.writeShort(repeats ? 1 : 0);
      out.writeShort(answers);
      out.writeShort(authorities);
      out.writeShort(0);
      if (repeats) {
        name(out, name);
        out.writeShort(type);
        out.writeShort(1);
      }
      answerRecords.writeTo(out);
      authorityRecords.writeTo(out);
      return message.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
