package gonet.test.admin;

import static gonet.test.admin.Asking.post;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.admin.Admin;
import gonet.test.Proves;
import gonet.test.admin.Asking.Answer;
import gonet.test.hard.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flight recordings for who asks. Not for leak checks: the JVM's recorder keeps its threads. */
@Proves("admin-recording")
@Timeout(180)
class AdminRecordingTest {
  @Test
  void aRecordingIsOneThatTheJdkReads(@TempDir Path dir) throws Exception {
    try (Admin admin = Admin.builder().start()) {
      Answer answer = post(admin.addr(), "/recording?seconds=1");
      assertEquals(200, answer.status(), answer.head());
      Path file = dir.resolve("a.jfr");
      Files.write(file, answer.body());
      assertTrue(
          RecordingFile.readAllEvents(file).stream()
              .anyMatch(event -> event.getEventType().getName().equals("jdk.ActiveRecording")));
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell of a peer's end while nobody reads")
  void oneAtATimeAndNoLongerThanItsClientStays() throws Exception {
    try (Admin admin = Admin.builder().start()) {
      try (Conn first = Asking.dial(admin.addr())) {
        first.write("POST /recording?seconds=600 HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
        awaitRecordings(1);
        assertEquals(409, post(admin.addr(), "/recording?seconds=1").status());
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> post(admin.addr(), "/recording?seconds=1").status() == 200);
    }
  }

  /** A client that has enough, or a listener that closes, is nobody's fault. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell of a peer's end while nobody reads")
  void theEndOfOneIsNoFailure(boolean byClient) throws Exception {
    try (LogLines log = LogLines.capture()) {
      Admin admin = Admin.builder().start();
      try (Conn first = Asking.dial(admin.addr())) {
        first.write("POST /recording?seconds=600 HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
        awaitRecordings(1);
        if (!byClient) {
          admin.close();
        }
      } finally {
        if (byClient) {
          awaitRecordings(0);
        }
        admin.close(); // behind the report of a failure
      }
      awaitRecordings(0);
      assertEquals(List.of(), log.lines());
    }
  }

  private static void awaitRecordings(long count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                FlightRecorder.getFlightRecorder().getRecordings().stream()
                        .filter(each -> each.getName().equals("gonet-admin"))
                        .count()
                    == count);
  }
}
