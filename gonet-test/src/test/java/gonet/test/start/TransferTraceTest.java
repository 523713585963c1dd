package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.Effect;
import gonet.test.Proves;
import gonet.test.machine.Strace;
import gonet.test.machine.Strace.Call;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way that a lot of bytes takes from one connection to another, seen by strace. */
@Timeout(300)
class TransferTraceTest {
  private static final int SIZE = 32 << 20;

  @Test
  @Proves("tcp-read-from")
  void aLotOfBytesIsSplicedAndNotReceivedAndSent(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"), "only epoll's backend splices");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    byte[] data = new Effect.Garbage(SIZE, 1).bytes();
    Process relay =
        Strace.start(
            folder,
            "splice,recvfrom,sendto,pipe2,close",
            List.of(
                "-Dgonet.backend=epoll",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                TestClassPath.get(),
                Programs.Relay.class.getName()));
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BufferedReader out =
          new BufferedReader(new InputStreamReader(relay.getInputStream(), StandardCharsets.UTF_8));
      String address = out.readLine();
      relay
          .getOutputStream()
          .write((target.getLocalPort() + "\n").getBytes(StandardCharsets.UTF_8));
      relay.getOutputStream().flush();
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket end = target.accept()) {
        Thread writer = Thread.ofVirtual().start(() -> send(client, data));
        assertArrayEquals(data, end.getInputStream().readAllBytes());
        writer.join();
      }
      assertTrue(relay.waitFor(90, TimeUnit.SECONDS));
    } finally {
      relay.destroyForcibly().waitFor();
    }
    List<Call> calls = Strace.read(folder);
    long copied = bytes(calls, "sendto");
    long spliced = bytes(calls, "splice");
    // Once into the pipe and once out of it; the first parts, and small ones, are copied.
    assertEquals(SIZE, copied + spliced / 2);
    assertTrue(copied < SIZE / 10, () -> copied + " bytes were copied");
    assertTrue(
        calls.stream()
            .filter(c -> c.name().equals("splice"))
            .allMatch(c -> c.arguments().endsWith("SPLICE_F_MOVE|SPLICE_F_NONBLOCK")));
    assertTrue(
        calls.stream()
            .filter(c -> c.name().equals("pipe2") && c.result() == 0) // but for FirstCalls'
            .allMatch(c -> c.arguments().endsWith("O_NONBLOCK|O_CLOEXEC")));
  }

  @Test
  @Proves({"tcp-read-from", "jvm-sendfile"})
  void aFileIsSentAndNotRead(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"), "only epoll's backend splices");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    byte[] data = new Effect.Garbage(SIZE, 1).bytes();
    Path file = Files.write(folder.resolve("file"), data);
    Path traces = Files.createDirectory(folder.resolve("traces"));
    Process sender =
        Strace.start(
            traces,
            "splice,sendfile,sendto",
            List.of(
                "-Dgonet.backend=epoll",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                TestClassPath.get(),
                Programs.FileSender.class.getName(),
                file.toString()));
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(sender.getInputStream(), StandardCharsets.UTF_8));
      String address = out.readLine();
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertArrayEquals(data, client.getInputStream().readAllBytes());
      }
      assertTrue(sender.waitFor(90, TimeUnit.SECONDS));
    } finally {
      sender.destroyForcibly().waitFor();
    }
    List<Call> calls = Strace.read(traces);
    assertEquals(SIZE, bytes(calls, "splice") + bytes(calls, "sendto"));
    assertTrue(bytes(calls, "sendto") <= 16 * 1024, () -> bytes(calls, "sendto") + " copied");
    assertEquals(bytes(calls, "splice"), bytes(calls, "sendfile"));
  }

  private static void send(Socket socket, byte[] data) {
    try {
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long bytes(List<Call> calls, String name) {
    return calls.stream()
        .filter(c -> c.name().equals(name) && c.result() > 0)
        .mapToLong(Call::result)
        .sum();
  }
}
