package gonet.internal.dns;

import gonet.netip.Addr;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers. Whoever sent the bytes is not to be trusted: every length is checked against what
 * is there, a pointer may point back only, and further back than all before it, so that no name
 * loops.
 */
final class MessageReader {
  /** What is counted for each name, RFC 1035, 2.3.4. */
  private static final int MAX_NAME_OCTETS = 255;

  /** A name has no more labels, and before each there is at most one pointer. */
  private static final int MAX_POINTERS = 127;

  private final byte[] bytes;
  private int at;

  private MessageReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads what recognises an answer.
   *
   * @throws BadMessageException also if there is more than one question
   */
  static Message.Header header(byte[] bytes) throws BadMessageException {
    return new MessageReader(bytes).header();
  }

  /** Reads it all. */
  static Message read(byte[] bytes) throws BadMessageException {
    MessageReader reader = new MessageReader(bytes);
    return reader.message(reader.header());
  }

  private Message.Header header() throws BadMessageException {
    int id = u16();
    int flags = u16();
    int questions = u16();
    octet(Wire.HEADER - 1);
    at = Wire.HEADER;
    if (questions == 0) {
      return new Message.Header(id, flags, Names.ROOT, Message.Header.NO_QUESTION, 0);
    }
    if (questions > 1) {
      throw new BadMessageException("more than one question");
    }
    return new Message.Header(id, flags, name(), u16(), u16());
  }

  private Message message(Message.Header header) throws BadMessageException {
    int rcode = header.flags() & Wire.RCODE;
    if (header.is(Wire.TRUNCATED)) {
      return new Message(header, rcode, List.of(), List.of(), false);
    }
    List<ResourceRecord> answers = records(count(6));
    List<ResourceRecord> authorities = records(count(8));
    int options = 0;
    int others = 0;
    for (int i = count(10); i > 0; i--) {
      String owner = name();
      int type = u16();
      u16();
      long extended = u32();
      skip(u16());
      if (type == Wire.TYPE_OPT) {
        options++;
        rcode |= (int) (extended >>> 24) << 4;
        if (options > 1 || !owner.equals(Names.ROOT)) { // RFC 6891, 6.1.1
          throw new BadMessageException("EDNS options twice, or not of the root");
        }
      } else {
        others++;
      }
    }
    return new Message(header, rcode, answers, authorities, others > 0);
  }

  private int count(int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }

  private List<ResourceRecord> records(int count) throws BadMessageException {
    List<ResourceRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ResourceRecord record = record();
      if (record != null) {
        records.add(record);
      }
    }
    return records;
  }

  /** Null for one of another class, or of a type that nobody asks for. */
  private @Nullable ResourceRecord record() throws BadMessageException {
    String owner = name();
    int number = u16();
    int recordClass = u16();
    long ttl = u32();
    int length = u16();
    int end = at + length;
    if (end > bytes.length) {
      throw new BadMessageException("a record longer than the message");
    }
    Type type = type(number);
    if (type == null || recordClass != Wire.CLASS_IN) {
      at = end;
      return null;
    }
    Data data = data(type, end);
    if (at != end) {
      throw new BadMessageException("a record that is not as long as it says");
    }
    return new ResourceRecord(owner, type, ttl > Integer.MAX_VALUE ? 0 : ttl, data); // RFC 2181, 8
  }

  private static @Nullable Type type(int number) {
    for (Type type : Type.values()) {
      if (type.number() == number) {
        return type;
      }
    }
    return null;
  }

  private Data data(Type type, int end) throws BadMessageException {
    return switch (type) {
      case A -> new Data.Address(addr(end, 4));
      case AAAA -> new Data.Address(addr(end, 16));
      case NS, CNAME, PTR -> new Data.Domain(name());
      case MX -> new Data.Mail(u16(), name());
      case SRV -> new Data.Service(u16(), u16(), u16(), name());
      case TXT -> new Data.Text(text(end));
      case SOA -> {
        name();
        name();
        skip(16);
        yield new Data.Authority(u32());
      }
    };
  }

  private Addr addr(int end, int length) throws BadMessageException {
    if (end - at != length) {
      throw new BadMessageException("an address of " + (end - at) + " octets");
    }
    byte[] addr = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return Addr.fromBytes(addr);
  }

  private String text(int end) throws BadMessageException {
    byte[] text = new byte[end - at];
    int length = 0;
    while (at < end) {
      int part = bytes[at++] & 0xff;
      if (part > end - at) {
        throw new BadMessageException("a string longer than its record");
      }
      System.arraycopy(bytes, at, text, length, part);
      at += part;
      length += part;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return new String(text, 0, length, StandardCharsets.ISO_8859_1); // loses nothing
    }
  }

  /** Reads a name here, whose tail may stand further ahead. */
  private String name() throws BadMessageException {
    StringBuilder name = new StringBuilder();
    int from = at; // of the labels that are being read; a pointer must lead to before it
    int next = at;
    int pointers = 0;
    int behind = -1; // where reading goes on, once a pointer was followed
    for (; ; ) {
      int length = octet(next++);
      if (length == 0) {
        break;
      }
      if (length >= Wire.POINTER) {
        int target = (length & ~Wire.POINTER) << 8 | octet(next++);
        if (target >= from || ++pointers > MAX_POINTERS) {
          throw new BadMessageException("a name that points ahead, or on and on");
        }
        behind = behind < 0 ? next : behind;
        from = target;
        next = target;
        continue;
      }
      if (length > Names.MAX_LABEL) {
        throw new BadMessageException("a label of an unknown kind");
      }
      for (int i = 0; i < length; i++) {
        int c = octet(next++);
        if (c == '.') {
          throw new BadMessageException("a dot within a label");
        }
        name.append((char) c);
      }
      name.append('.');
      if (name.length() >= MAX_NAME_OCTETS) {
        throw new BadMessageException("a name that is too long");
      }
    }
    at = behind < 0 ? next : behind;
    return name.isEmpty() ? Names.ROOT : name.toString();
  }

  private int octet(int index) throws BadMessageException {
    if (index >= bytes.length) {
      throw new BadMessageException("it ends too early");
    }
    return bytes[index] & 0xff;
  }

  private int u16() throws BadMessageException {
    return octet(at++) << 8 | octet(at++);
  }

  private long u32() throws BadMessageException {
    return (long) u16() << 16 | u16();
  }

  private void skip(int octets) throws BadMessageException {
    if (octets > bytes.length - at) {
      throw new BadMessageException("a record longer than the message");
    }
    at += octets;
  }
}
