package gonet.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory follows the bytes that came, not the lengths that were announced. */
class FrameMemoryTest {
  private static final int GIB = 1 << 30;

  @Test
  @Proves({"jvm-frame-length", "C6"})
  void anAnnouncedGibibyteTakesNoMemoryBeforeItComes() {
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(new byte[] {0x40, 0, 0, 0});
    pieces.add(new byte[100]);
    InputBuffer in = new InputBuffer();
    ScriptedConn conn = new ScriptedConn(pieces);
    LengthPrefixed framing = LengthPrefixed.ofBytes(4, GIB);
    Cut cut = new Cut();
    assertEquals(Cut.Found.MORE, framing.cut(in.bytes(), in.start(), in.held(), cut));
    assertTrueFill(in, conn, cut);
    assertEquals(Cut.Found.MORE, framing.cut(in.bytes(), in.start(), in.held(), cut));
    assertEquals(GIB + 4, cut.wholeBytes);
    assertTrueFill(in, conn, cut);
    assertEquals(8192, in.bytes().length);
    TruncatedFrameException e =
        assertThrows(
            TruncatedFrameException.class,
            () ->
                framing
                    .reader(new ScriptedConn(List.of(new byte[] {0x40, 0, 0, 0}, new byte[7])))
                    .read());
    assertEquals(11, e.gotBytes());
    assertEquals(GIB + 4, e.expectedBytes());
  }

  private static void assertTrueFill(InputBuffer in, ScriptedConn conn, Cut cut) {
    try {
      assertTrue(in.fill(conn, cut.mostBytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theBufferIsAtMostTwiceWhatCameAndNeverAboveTheLargestFrame() throws IOException {
    InputBuffer in = new InputBuffer();
    byte[] packet = new byte[1000];
    ScriptedConn conn = new ScriptedConn(List.of());
    int most = 300_000;
    while (in.held() < most) {
      conn.add(packet);
      int before = in.held();
      assertTrue(in.fill(conn, most));
      assertTrue(in.bytes().length <= Math.max(8192, 2 * before), in.bytes().length + " bytes");
      assertTrue(in.bytes().length <= most);
    }
    assertEquals(most, in.bytes().length);
  }

  @Test
  @Proves("jvm-frame-delimiter")
  void aSearchForADelimiterThatNeverComesHoldsNoMoreThanTheLimit() {
    FrameReader reader =
        Delimited.by(new byte[] {1, 2}, 100_000)
            .reader(new ScriptedConn(List.of(new byte[GIB / 64])));
    assertThrows(FrameTooLongException.class, reader::read);
    assertTrue(reader.bufferedBytes() <= 100_002, reader.bufferedBytes() + " bytes");
  }

  @Test
  void aSkippedFrameIsNotKept() throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(new byte[] {0, (byte) 0x80, 0, 0});
    for (int i = 0; i < 128; i++) {
      pieces.add(new byte[1 << 16]);
    }
    pieces.add(new byte[] {0, 0, 0, 1, 42});
    FrameReader reader =
        LengthPrefixed.ofBytes(4, 1000).reader(new ScriptedConn(pieces), TooLong.SKIP);
    FrameTooLongException e = assertThrows(FrameTooLongException.class, reader::read);
    assertEquals(1 << 23, e.announcedBytes());
    assertEquals(42, reader.read()[0]);
    assertEquals(0, reader.bufferedBytes());
  }

  @Test
  void aLargeBufferShrinksWhenFramesAreSmallAgain() throws IOException {
    InputBuffer in = new InputBuffer();
    ScriptedConn conn = new ScriptedConn(List.of(new byte[500_000]));
    while (in.held() < 500_000) {
      in.fill(conn, 500_000);
    }
    in.drop(499_980);
    conn.add(new byte[10]);
    in.fill(conn, 500_000);
    assertEquals(500_000, in.bytes().length, "the frame before was large");
    in.drop(20);
    conn.add(new byte[] {7});
    in.fill(conn, 500_000);
    assertEquals(8192, in.bytes().length);
    assertEquals(11, in.held());
    assertEquals(7, in.bytes()[in.start() + 10]);
  }

  /** It would shrink to less than it holds, or to no room for the next byte. */
  @Test
  void aLargeBufferThatHoldsMuchDoesNotShrinkAlthoughTheLastFrameWasSmall() throws IOException {
    for (int held : new int[] {8191, 8192, 8193, 20_000}) {
      InputBuffer in = new InputBuffer();
      ScriptedConn conn = new ScriptedConn(List.of(new byte[500_000]));
      while (in.held() < 500_000) {
        in.fill(conn, 500_000);
      }
      in.drop(500_000 - held - 10);
      in.drop(10);
      conn.add(new byte[] {7});
      assertTrue(in.fill(conn, 500_000));
      assertEquals(held + 1, in.held());
      assertEquals(7, in.bytes()[in.start() + held]);
    }
  }

  @Test
  void aBufferOfModerateSizeIsKept() throws IOException {
    InputBuffer in = new InputBuffer();
    ScriptedConn conn = new ScriptedConn(List.of(new byte[60_000]));
    while (in.held() < 60_000) {
      in.fill(conn, 60_000);
    }
    in.drop(59_990);
    in.drop(10);
    conn.add(new byte[] {7});
    in.fill(conn, 60_000);
    assertEquals(60_000, in.bytes().length);
  }

  @Test
  void anIdleReaderHasNoBuffer() throws IOException {
    InputBuffer in = new InputBuffer();
    assertEquals(0, in.bytes().length);
    in.fill(new ScriptedConn(List.of(new byte[3])), 10);
    in.release();
    assertEquals(3, in.held());
    in.drop(3);
    in.release();
    assertEquals(0, in.bytes().length);
    in.fill(new ScriptedConn(List.of(new byte[3])), 10);
    assertEquals(3, in.held());
  }
}
