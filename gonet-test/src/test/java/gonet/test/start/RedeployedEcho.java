package gonet.test.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Net;
import gonet.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** An application that is loaded together with gonet, serves, and closes all that it opened. */
public final class RedeployedEcho implements Runnable {
  private static final int BYTES = 300_000; // enough for bytes to pass through a pipe

  @Override
  public void run() {
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .idleTimeout(Duration.ofMinutes(1))
            .handler(c -> c.inputStream().transferTo(c.outputStream()))
            .start()) {
      ask("localhost:" + server.addr().toString().replaceFirst(".*:", ""));
      Thread served = Net.go(() -> ask(server.addr().toString()));
      served.join();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void ask(String address) throws IOException {
    try (Conn c = Net.dial("tcp", address)) {
      c.setReadTimeout(Duration.ofSeconds(30));
      byte[] sent = "x".repeat(BYTES).getBytes(UTF_8);
      Thread writer =
          Net.go(
              () -> {
                c.write(sent);
                c.closeWrite();
              });
      byte[] back = c.readAll(BYTES);
      writer.join();
      if (!Arrays.equals(sent, back)) {
        throw new IOException("another answer, of " + back.length + " bytes");
      }
      System.out.println("served in lane " + Net.stats().lane());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
