package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import gonet.Conn;
import gonet.NetTimeoutException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Go's {@code nettest.TestConn}, the cases about traffic and about calls that race. */
interface NettestCases extends Cases {

  /** nettest: BasicIO. */
  @Test
  @Proves({"A1", "C3"})
  default void everyByteArrivesInOrderAndTheEndFollows() throws Exception {
    byte[] sent = Traffic.random(1 << 20, 1);
    crew()
        .start(
            "sender",
            () -> {
              Traffic.send(left(), sent);
              left().close();
            });
    Job<byte[]> received =
        crew()
            .compute(
                "receiver",
                () -> {
                  ByteArrayOutputStream all = new ByteArrayOutputStream();
                  byte[] buf = new byte[Traffic.CHUNK_BYTES];
                  for (int n; (n = right().read(buf)) >= 0; ) {
                    all.write(buf, 0, n);
                  }
                  right().close();
                  return all.toByteArray();
                });
    assertArrayEquals(sent, received.result());
    crew().join();
  }

  /** nettest: PingPong. */
  @Test
  default void aCounterGoesBackAndForthAThousandTimes() throws Exception {
    Job<Long> a = crew().compute("left", () -> count(left()));
    Job<Long> b = crew().compute("right", () -> count(right()));
    left().write(new byte[8]);
    assertEquals(1000, Math.max(a.result(), b.result()));
    assertEquals(999, Math.min(a.result(), b.result()));
  }

  /** Answers each number with the next one, to 1000 or the end; returns the last it saw. */
  private static long count(Conn conn) throws IOException {
    ByteBuffer buf = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    long last = 0;
    for (; ; ) {
      int n = conn.read(buf.array());
      if (n < 0) {
        break;
      }
      conn.readFully(buf.array(), n, 8 - n);
      long value = buf.getLong(0);
      if (last != 0) {
        assertEquals(last + 2, value);
      }
      last = value;
      if (value == 1000) {
        break;
      }
      conn.write(buf.putLong(0, value + 1).array());
    }
    conn.close();
    return last;
  }

  /** nettest: RacyRead. */
  @Test
  default void readersThatTimeOutInARaceSeeTimeoutsOnlyAndKeepTheirBuffers() throws Exception {
    crew().extra("flood", () -> Traffic.flood(right()));
    left().setReadDeadline(Instant.now().plusMillis(1));
    for (int i = 0; i < 10; i++) {
      crew().start("reader " + i, () -> raceReads(left()));
    }
    crew().join();
  }

  private static void raceReads(Conn conn) throws IOException {
    byte[] ours = new byte[Traffic.CHUNK_BYTES];
    Arrays.fill(ours, (byte) 0x5a);
    byte[] buf = ours.clone();
    for (int i = 0; i < 100; i++) {
      assertArrayEquals(ours, buf, "a read that had returned wrote to its buffer");
      try {
        conn.read(buf);
      } catch (NetTimeoutException e) {
        conn.setReadDeadline(Instant.now().plusMillis(1));
      }
      Arrays.fill(buf, (byte) 0x5a);
    }
  }

  /** nettest: RacyWrite. */
  @Test
  default void writersThatTimeOutInARaceSeeTimeoutsOnly() throws Exception {
    crew().extra("drain", () -> Traffic.drain(right()));
    left().setWriteDeadline(Instant.now().plusMillis(1));
    for (int i = 0; i < 10; i++) {
      crew().start("writer " + i, () -> raceWrites(left()));
    }
    crew().join();
  }

  private static void raceWrites(Conn conn) throws IOException {
    byte[] buf = new byte[Traffic.CHUNK_BYTES];
    for (int i = 0; i < 100; i++) {
      try {
        conn.write(buf);
      } catch (NetTimeoutException e) {
        conn.setWriteDeadline(Instant.now().plusMillis(1));
      }
      Arrays.fill(buf, (byte) i);
    }
  }

  /** nettest: ConcurrentMethods. */
  @Test
  @Proves({"conn-threads", "node-threads"})
  default void sevenMethodsFromSevenHundredThreadsLeaveAUsableConnection() throws Exception {
    Conn conn = left();
    crew().extra("echo", () -> Traffic.echo(right()));
    List<Crew.Body> methods =
        List.of(
            () -> conn.read(new byte[Traffic.CHUNK_BYTES]),
            () -> conn.write(new byte[Traffic.CHUNK_BYTES]),
            () -> conn.setDeadline(Instant.now().plusMillis(10)),
            () -> conn.setReadDeadline(Traffic.LONG_AGO),
            () -> conn.setWriteDeadline(Traffic.LONG_AGO),
            () -> assertNotNull(conn.localAddr().toString()),
            () -> assertNotNull(conn.remoteAddr().toString()));
    List<Job<Void>> jobs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      for (Crew.Body method : methods) {
        jobs.add(crew().start("call", () -> callForgivingTimeouts(method)));
      }
    }
    for (Job<Void> job : jobs) {
      job.result();
    }
    Traffic.resync(conn, crew());
    Traffic.roundTrip(conn);
  }

  private static void callForgivingTimeouts(Crew.Body method) throws Exception {
    try {
      method.run();
    } catch (NetTimeoutException e) {
      // One of the others moved the deadline into the past.
    }
  }
}
