package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.TcpConn;
import gonet.frame.FrameReader;
import gonet.frame.LengthPrefixed;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The examples of docs/guide.md on what has arrived: only an answer of the program tells. */
@LeakCheck
@Timeout(180)
class DeliveryGuideTest {
  private static final byte[] RECORD = {4, 5, 6};

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final Map<Long, byte[]> records = new ConcurrentHashMap<>();

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Hands a record over: returns when the other program has said that it keeps it. */
  static void deliver(String address, long number, byte[] record, int tries)
      throws IOException, InterruptedException {
    byte[] frame = ByteBuffer.allocate(8 + record.length).putLong(number).put(record).array();
    for (int attempt = 1; ; attempt++) {
      try (Conn conn = Net.dial("tcp", address, Duration.ofSeconds(5))) {
        conn.setReadTimeout(Duration.ofSeconds(5));
        LengthPrefixed.ofBytes(4, 1 << 20).writer(conn).write(frame); // that proves nothing
        conn.readFully(new byte[1]);
        return;
      } catch (IOException e) {
        if (attempt == tries) {
          throw e; // it may be there, and it may not
        }
      }
      Thread.sleep(Duration.ofMillis(100L << Math.min(attempt, 6))); // longer each time, to 6 s
    }
  }

  /** Keeps each record once, though it may come again, and says so when it is kept. */
  static void keep(Conn conn, Map<Long, byte[]> records) throws IOException {
    FrameReader in = LengthPrefixed.ofBytes(4, 1 << 20).reader(conn);
    for (byte[] frame; (frame = in.read()) != null; ) {
      records.putIfAbsent(
          ByteBuffer.wrap(frame).getLong(), Arrays.copyOfRange(frame, 8, frame.length));
      conn.write(new byte[] {1});
    }
  }

  // end of example

  @Test
  @Proves("C15")
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell what is unacknowledged")
  void whatTheOtherKernelHasAcknowledgedIsLostWithItsProgram() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        TcpConn client = (TcpConn) Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      client.write(RECORD);
      Awaitility.await().until(() -> client.unsentBytes() == 0);
      server.abort(); // as the kernel does for a program that dies with input unread
      assertThrows(IOException.class, () -> client.readFully(new byte[1]));
      assertEquals(Map.of(), records);
    }
  }

  @Test
  @Proves("C14")
  void aRecordIsSentUntilItIsKeptAndIsThenThereOnce() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      crew.start(
          "receiver",
          () -> {
            try (Conn first = listener.accept()) {
              first.readFully(new byte[4]);
              first.abort(); // dies before it has the record
            }
            try (Conn second = listener.accept()) {
              byte[] frame = LengthPrefixed.ofBytes(4, 100).reader(second).read();
              records.put(7L, Arrays.copyOfRange(frame, 8, frame.length));
              second.abort(); // dies before it can say so
            }
            try (Conn third = listener.accept()) {
              keep(third, records);
            }
          });
      deliver(listener.addr().toString(), 7, RECORD, 3);
      crew.join();
      assertEquals(1, records.size());
      assertArrayEquals(RECORD, records.get(7L));
    }
  }

  @Test
  @Proves("C14")
  void whoNeverHearsThatARecordIsKeptIsToldSo() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      crew.start(
          "receiver",
          () -> {
            for (int i = 0; i < 2; i++) {
              try (Conn conn = listener.accept()) {
                conn.readFully(new byte[4]);
                conn.abort();
              }
            }
          });
      String address = listener.addr().toString();
      assertThrows(IOException.class, () -> deliver(address, 7, RECORD, 2));
      crew.join();
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(DeliveryGuideTest.class, 1);
  }
}
