package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.frame.FrameReader;
import gonet.frame.FrameTooLongException;
import gonet.frame.FrameWriter;
import gonet.frame.LengthPrefixed;
import gonet.frame.Lines;
import gonet.frame.TooLong;
import gonet.frame.TruncatedFrameException;
import gonet.test.BadPeer;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Effect;
import gonet.test.Faults;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames over TCP, where the kernel cuts as it likes and peers do as they like. */
@LeakCheck
@Timeout(180)
class FramesTest {
  private static final LengthPrefixed MESSAGES = LengthPrefixed.varint(1 << 20);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("A9")
  void framesOfManySizesSurviveShortReadsAndShortWrites() throws Exception {
    Random random = new Random(11);
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] frame = new byte[random.nextInt(1 << random.nextInt(17))];
      random.nextBytes(frame);
      frames.add(frame);
    }
    try (TcpPair pair = TcpPair.withSmallBuffers();
        Faults faults = Faults.begin()) {
      faults.shortReads(5000).shortWrites(3000);
      Job<Void> writer =
          crew.start(
              "writer",
              () -> {
                FrameWriter out = MESSAGES.writer(pair.client());
                for (byte[] frame : frames) {
                  out.write(frame);
                }
                pair.client().closeWrite();
              });
      FrameReader in = MESSAGES.reader(pair.server());
      for (byte[] frame : frames) {
        assertArrayEquals(frame, in.read());
      }
      assertNull(in.read());
      writer.result();
    }
  }

  @Test
  @Proves("C8′")
  void linesOfInterleavedConnectionsDoNotMix() throws Exception {
    int conns = 20;
    List<TcpPair> pairs = new ArrayList<>();
    try {
      List<Job<Void>> readers = new ArrayList<>();
      for (int c = 0; c < conns; c++) {
        TcpPair pair = TcpPair.connect();
        pairs.add(pair);
        String name = "c" + c + "-";
        readers.add(
            crew.start(
                name,
                () -> {
                  FrameReader in = Lines.upTo(100).reader(pair.server());
                  for (int i = 0; i < 100; i++) {
                    assertEquals(name + i, in.readString(US_ASCII));
                  }
                }));
      }
      for (int i = 0; i < 100; i += 2) {
        for (int c = 0; c < conns; c++) {
          String two = "c" + c + "-" + i + "\r\nc" + c + "-" + (i + 1) + "\n";
          int cut = (i + c) % two.length();
          pairs.get(c).client().write(two.substring(0, cut).getBytes(US_ASCII));
          pairs.get(c).client().write(two.substring(cut).getBytes(US_ASCII));
        }
      }
      for (Job<Void> reader : readers) {
        reader.result();
      }
    } finally {
      pairs.forEach(TcpPair::close);
    }
  }

  @Test
  void aResetInsideOfAFrameIsNoTruncationButTheReset() throws Exception {
    try (BadPeer peer =
            BadPeer.listen(
                new Effect.SendBytes("one\ntw".getBytes(US_ASCII)),
                new Effect.Read(2),
                new Effect.Reset());
        Conn conn = Net.dial("tcp", peer.address())) {
      FrameReader in = Lines.upTo(100).reader(conn);
      assertEquals("one", in.readString(US_ASCII));
      conn.write("go".getBytes(US_ASCII));
      NetSocketException e = assertThrows(NetSocketException.class, in::read);
      assertTrue(NetFailure.isConnectionGone(e));
      byte[] rest = new byte[10];
      assertEquals(2, in.readRaw(rest, 0, 10));
    }
  }

  @Test
  void anEndInsideOfAFrameIsATruncation() throws Exception {
    try (BadPeer peer =
            BadPeer.listen(
                new Effect.SendBytes(new byte[] {3, 'a', 'b', 'c', 3, 'd'}), new Effect.Close());
        Conn conn = Net.dial("tcp", peer.address())) {
      FrameReader in = MESSAGES.reader(conn);
      assertEquals("abc", in.readString(US_ASCII));
      TruncatedFrameException e = assertThrows(TruncatedFrameException.class, in::read);
      assertEquals(2, e.gotBytes());
      assertEquals(4, e.expectedBytes());
    }
  }

  @Test
  void aPeerThatAnnouncesTooMuchIsTurnedAwayAtOnce() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      LengthPrefixed.ofBytes(8, Integer.MAX_VALUE / 2).writer(pair.client()).write(new byte[9000]);
      FrameReader in = LengthPrefixed.ofBytes(8, 8999).reader(pair.server(), TooLong.CLOSE);
      assertThrows(FrameTooLongException.class, in::read);
      assertTrue(pair.server().isClosed());
    }
  }

  @Test
  void aWriteThatASlowReaderCutsOffIsFinishedAndNothingIsDoubled() throws Exception {
    byte[] frame = new byte[1 << 20];
    new Random(12).nextBytes(frame);
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      FrameWriter out = MESSAGES.writer(pair.client());
      pair.client().setWriteTimeout(Duration.ofMillis(200));
      assertThrows(NetTimeoutException.class, () -> out.write(frame));
      long owed = out.owedBytes();
      assertTrue(owed > 0 && owed < frame.length, owed + " bytes");
      assertThrows(NetTimeoutException.class, out::resume);
      pair.client().setWriteTimeout(null);
      Job<Void> rest =
          crew.start(
              "rest",
              () -> {
                out.resume();
                out.write("end", US_ASCII);
              });
      FrameReader in = MESSAGES.reader(pair.server());
      assertArrayEquals(frame, in.read());
      assertEquals("end", in.readString(US_ASCII));
      rest.result();
    }
  }
}
