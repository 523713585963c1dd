package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetFailure;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Edge-triggered readiness tells of a change once. Whoever leaves bytes in the kernel must know
 * that they are there, and whoever waits in one direction must hear of what ends both.
 */
@LeakCheck
@Proves("S11")
class EdgeTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("A5")
  void theRestOfWhatArrivedIsReadWithoutAFurtherEdge() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      Job<String> reader =
          crew.compute(
                  "reader",
                  () -> {
                    byte[] two = new byte[2];
                    ByteBuffer direct = ByteBuffer.allocateDirect(2);
                    String got = "";
                    pair.server().readFully(two);
                    got += new String(two, US_ASCII);
                    pair.server().read(direct);
                    got += (char) direct.get(0) + "" + (char) direct.get(1);
                    pair.server().readFully(two);
                    return got + new String(two, US_ASCII);
                  })
              .awaitParked();
      pair.client().write("abcdef".getBytes(US_ASCII));
      assertEquals("abcdef", reader.result());
      // It was all, so the next one waits; and what comes then wakes it.
      Job<Integer> next = crew.compute("next", () -> pair.server().read(new byte[9])).awaitParked();
      next.staysFor(Duration.ofMillis(50));
      pair.client().write(new byte[3]);
      assertEquals(3, next.result());
    }
  }

  @Test
  @Proves({"uv-hangup", "B20"})
  void theEndBehindAShortReadIsSeenWithoutAFurtherEdge() throws Exception {
    for (int round = 0; round < 500; round++) {
      try (TcpPair pair = TcpPair.connect()) {
        Job<String> reader =
            crew.compute(
                "reader",
                () -> {
                  byte[] buf = new byte[64];
                  return pair.server().read(buf) + " " + pair.server().read(buf);
                });
        // Data and end may raise one edge together, before, between or behind the two reads.
        pair.client().write(new byte[5]);
        pair.client().closeWrite();
        assertEquals("5 -1", reader.result(), "round " + round);
      }
    }
  }

  @Test
  @Proves("jvm-peer-gone")
  void aParkedReaderWakesAtThePeersEndWhileAParkedWriterGoesOn() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.server().read(new byte[1]));
      Job<Void> writer = crew.start("writer", () -> pair.server().write(new byte[1 << 20]));
      reader.awaitParked();
      writer.awaitParked();
      pair.client().closeWrite();
      assertEquals(-1, reader.result());
      writer.staysFor(Duration.ofMillis(50));
      pair.client().readFully(new byte[1 << 20]);
      writer.result();
    }
  }

  @Test
  void aResetWakesAParkedWriterThatNobodyReads() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      Job<Void> writer = crew.start("writer", () -> pair.server().write(new byte[1 << 20]));
      writer.awaitParked();
      pair.client().abort();
      IOException e = writer.failure(IOException.class);
      assertTrue(NetFailure.isConnectionGone(e), e::toString);
      assertFalse(pair.server().isClosed());
    }
  }

  @Test
  void aResetWakesAParkedReaderThatHasNeverWritten() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.server().read(new byte[1]));
      reader.awaitParked();
      pair.client().abort();
      IOException e = reader.failure(IOException.class);
      assertEquals("ECONNRESET", ((NetFailure) e).errno());
    }
  }
}
