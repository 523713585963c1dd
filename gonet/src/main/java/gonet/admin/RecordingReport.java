package gonet.admin;

import gonet.FileTransfer;
import gonet.server.ServerConn;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * A flight recording, one at a time, which ends when its client leaves. Needs the module jdk.jfr;
 * apart from {@link AdminPages}, which does not.
 */
final class RecordingReport {
  private static final int MAX_SECONDS = 600;

  private final AtomicBoolean records = new AtomicBoolean();

  /** Writes the whole answer. */
  void answer(AdminRequest request, ServerConn conn) throws Exception {
    int seconds = request.number("seconds", 1, MAX_SECONDS, 10);
    if (!records.compareAndSet(false, true)) {
      throw new AdminRequest.Malformed(409, "another recording is under way");
    }
    Path file = null;
    try {
      try {
        file = Files.createTempFile("gonet-recording", ".jfr");
        record(file, seconds, conn);
      } catch (IOException e) {
        throw AdminRequest.Malformed.failed(e);
      }
      send(file, conn);
    } catch (InterruptedException e) {
      // The client has left, or the listener closes: nobody waits for an answer.
    } finally {
      records.set(false);
      if (file != null) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void record(Path file, int seconds, ServerConn conn) throws Exception {
    try (Recording recording = new Recording(configuration())) {
      recording.setName("gonet-admin");
      recording.start();
      var _ =
          conn.whileThere(
              () -> {
                Thread.sleep(Duration.ofSeconds(seconds));
                return true;
              });
      var _ = recording.stop();
      recording.dump(file);
    }
  }

  private static Configuration configuration() throws IOException {
    try {
      return Configuration.getConfiguration("default");
    } catch (ParseException e) {
      throw new IOException("the JDK's own configuration cannot be read", e);
    }
  }

  private static void send(Path file, ServerConn conn) throws IOException {
    try (FileChannel bytes = FileChannel.open(file)) {
      long size = bytes.size();
      String head =
          AdminResponse.head(
              200,
              Map.of(
                  "Content-Type",
                  "application/octet-stream",
                  "Content-Disposition",
                  "attachment; filename=\"gonet.jfr\""),
              size);
      conn.setWriteTimeout(AdminResponse.PATIENCE);
      conn.write(head.getBytes(StandardCharsets.ISO_8859_1));
      var _ = FileTransfer.of(bytes, 0, size, conn).run();
    }
  }
}
