package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.netip.Addr;
import gonet.support.FuzzSeeds;
import gonet.support.Proves;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server sends is read, or refused with the one documented failure. */
@Proves("names-records")
class MessageReaderTest {
  private static final int FLAGS = Wire.RESPONSE | Wire.RECURSION_AVAILABLE;

  @Test
  void readsAnAddressUnderANameThatPointsBack() throws Exception {
    byte[] bytes =
        AnswerBytes.answer(7, FLAGS, "a.test.", 1, 0, 0)
            .pointer(Wire.HEADER)
            .record(Type.A, 300, 4)
            .octets(192, 0, 2, 1)
            .bytes();
    Message message = MessageReader.read(bytes);
    assertTrue(message.header().answers(7, new Question("A.Test.", Type.A)));
    assertFalse(message.header().answers(8, new Question("a.test.", Type.A)));
    assertFalse(message.header().answers(7, new Question("b.test.", Type.A)));
    assertFalse(message.header().answers(7, new Question("a.test.", Type.AAAA)));
    assertEquals(
        List.of(
            new ResourceRecord("a.test.", Type.A, 300, new Data.Address(Addr.parse("192.0.2.1")))),
        message.answers());
  }

  @Test
  void readsEveryTypeThatItAsksFor() throws Exception {
    byte[] bytes =
        AnswerBytes.answer(7, FLAGS, "a.test.", 5, 1, 0)
            .pointer(Wire.HEADER)
            .record(Type.MX, 1, 2 + 3 + 2)
            .u16(10)
            .label("mx")
            .pointer(Wire.HEADER)
            .pointer(Wire.HEADER)
            .record(Type.SRV, 1, 6 + 2)
            .u16(1, 2, 443)
            .pointer(Wire.HEADER)
            .pointer(Wire.HEADER)
            .record(Type.TXT, 1, 3 + 2 + 1)
            .label("ab")
            .label("c")
            .octets(0)
            .pointer(Wire.HEADER)
            .record(Type.CNAME, 1, 1)
            .octets(0)
            .pointer(Wire.HEADER)
            .record(Type.AAAA, -1, 16)
            .u16(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)
            .pointer(Wire.HEADER)
            .record(Type.SOA, 60, 2 + 2 + 20)
            .pointer(Wire.HEADER)
            .pointer(Wire.HEADER)
            .u16(0, 1, 0, 2, 0, 3, 0, 4, 0, 5)
            .bytes();
    Message message = MessageReader.read(bytes);
    assertEquals(
        List.of(
            new Data.Mail(10, "mx.a.test."),
            new Data.Service(1, 2, 443, "a.test."),
            new Data.Text("abc"),
            new Data.Domain("."),
            new Data.Address(Addr.parse("2001:db8::1"))),
        message.answers().stream().map(ResourceRecord::data).toList());
    assertEquals(new Data.Authority(5), message.authorities().getFirst().data());
    assertEquals(0, message.answers().getLast().ttlSeconds()); // RFC 2181, 8: a negative one
  }

  @Test
  void leavesOutWhatNobodyAskedFor() throws Exception {
    byte[] bytes =
        AnswerBytes.answer(7, FLAGS, "a.test.", 2, 0, 0)
            .pointer(Wire.HEADER)
            .u16(99, Wire.CLASS_IN, 0, 1, 3)
            .octets(1, 2, 3)
            .pointer(Wire.HEADER)
            .u16(Type.A.number(), 3, 0, 1, 4) // of class CHAOS
            .octets(1, 2, 3, 4)
            .bytes();
    assertEquals(List.of(), MessageReader.read(bytes).answers());
  }

  /** Every way in which lengths, pointers and counts can lie. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody writes into the bytes
  private enum Lie {
    POINTS_AT_ITSELF(answer(1).pointer(24).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    POINTS_AHEAD(answer(1).pointer(40).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    POINTS_IN_A_CIRCLE(answer(1).label("x").pointer(24).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    ADDRESS_TOO_SHORT(answer(1).pointer(12).record(Type.A, 1, 3).octets(1, 2, 3)),
    ADDRESS_TOO_LONG(answer(1).pointer(12).record(Type.A, 1, 5).octets(1, 2, 3, 4, 5)),
    DATA_BEYOND_THE_END(answer(1).pointer(12).record(Type.A, 1, 400).octets(1, 2, 3, 4)),
    FEWER_RECORDS(answer(2).pointer(12).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    NAME_BEYOND_ITS_RECORD(answer(1).pointer(12).record(Type.NS, 1, 1).label("ab").octets(0)),
    NAME_SHORTER_THAN_ITS_RECORD(
        answer(1).pointer(12).record(Type.NS, 1, 6).label("ab").octets(0, 0, 0)),
    STRING_BEYOND_ITS_RECORD(answer(1).pointer(12).record(Type.TXT, 1, 2).octets(5, 1)),
    LABEL_OF_A_RESERVED_KIND(answer(1).octets(0x80, 0).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    DOT_IN_A_LABEL(answer(1).label("a.b").octets(0).record(Type.A, 1, 4).octets(1, 2, 3, 4)),
    NAME_TOO_LONG(
        answer(1)
            .label("a".repeat(63))
            .label("a".repeat(63))
            .label("a".repeat(63))
            .label("a".repeat(63))
            .octets(0)
            .record(Type.A, 1, 4)
            .octets(1, 2, 3, 4)),
    OPTIONS_TWICE(
        AnswerBytes.answer(7, FLAGS, "a.test.", 0, 0, 2)
            .octets(0)
            .u16(Wire.TYPE_OPT, 512, 0, 0, 0)
            .octets(0)
            .u16(Wire.TYPE_OPT, 512, 0, 0, 0)),
    OPTIONS_OF_A_NAME(
        AnswerBytes.answer(7, FLAGS, "a.test.", 0, 0, 1)
            .pointer(12)
            .u16(Wire.TYPE_OPT, 512, 0, 0, 0)),
    TWO_QUESTIONS(new AnswerBytes().u16(7, FLAGS, 2, 0, 0, 0).name("a.test.").u16(1, 1)),
    NO_HEADER(new AnswerBytes().u16(7, FLAGS, 1)),
    NOTHING(new AnswerBytes());

    private final byte[] bytes;

    Lie(AnswerBytes bytes) {
      this.bytes = bytes.bytes();
    }

    private static AnswerBytes answer(int records) {
      return AnswerBytes.answer(7, FLAGS, "a.test.", records, 0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void refuses(Lie lie) {
    assertThrows(BadMessageException.class, () -> MessageReader.read(lie.bytes));
  }

  @Test
  void theLongestNameIsOneOf255Octets() throws Exception {
    String name = ("a".repeat(63) + ".").repeat(3) + "a".repeat(61) + ".";
    byte[] bytes = AnswerBytes.answer(7, FLAGS, name, 0, 0, 0).bytes();
    assertEquals(name, MessageReader.header(bytes).name());
    String tooLong = ("a".repeat(63) + ".").repeat(3) + "a".repeat(62) + ".";
    byte[] bad = AnswerBytes.answer(7, FLAGS, tooLong, 0, 0, 0).bytes();
    assertThrows(BadMessageException.class, () -> MessageReader.header(bad));
  }

  @Test
  void anEndAtEveryPlaceIsSeen() {
    byte[] bytes =
        AnswerBytes.answer(7, FLAGS, "a.test.", 1, 0, 0)
            .pointer(Wire.HEADER)
            .record(Type.MX, 1, 7)
            .u16(10)
            .label("mx")
            .pointer(Wire.HEADER)
            .bytes();
    for (int end = 0; end < bytes.length; end++) {
      byte[] part = Arrays.copyOf(bytes, end);
      assertThrows(BadMessageException.class, () -> MessageReader.read(part), "end at " + end);
    }
  }

  @Test
  void pointersBehindPointersCostLittle() {
    AnswerBytes answer = AnswerBytes.answer(7, FLAGS, "a.test.", 5000, 0, 0);
    answer.pointer(Wire.HEADER).u16(99, 1, 0, 1, 16_000);
    int at = answer.bytes().length;
    for (int i = 0; i < 8000; i++) {
      answer.pointer(at + 2 * i - 2); // each to the one before it
    }
    byte[] start = answer.bytes();
    for (int i = 1; i < 4000; i++) {
      answer.pointer(at + 15_998).record(Type.A, 1, 4).octets(1, 2, 3, 4);
    }
    assertEquals(start.length + 3999 * 16, answer.bytes().length);
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertThrows(BadMessageException.class, () -> MessageReader.read(answer.bytes())));
  }

  @Test
  void whateverComesItIsReadOrRefused() throws Exception {
    Random random = new Random(1);
    for (byte[] seed : FuzzSeeds.of(DnsFuzz.class)) {
      DnsFuzz.fuzzerTestOneInput(seed);
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = seed.clone();
        for (int n = random.nextInt(4); n >= 0; n--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        DnsFuzz.fuzzerTestOneInput(bytes);
      }
    }
  }
}
