package gonet.test.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection costs that waits for a request without a thread. */
@LeakCheck
@Timeout(180)
class ServerMemoryTest {
  private static final int WARM = 500;
  private static final int CONNECTIONS = 4000;
  private static final int MOST_BYTES = 400;

  @Test
  @Proves({"S19", "D17"})
  void aConnectionThatWaitsWithoutAThreadCostsFewBytesOfHeap() throws Exception {
    assumeTrue(System.getProperty("gonet.backend", "").equals("epoll"), "what epoll's cost");
    Process process =
        new ProcessBuilder(
                ChildJvm.java().toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC", // says exactly what is in use
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ChildJvm.locationOf(Net.class)
                    + File.pathSeparator
                    + ChildJvm.locationOf(IdleServer.class),
                IdleServer.class.getName())
            .redirectErrorStream(true)
            .start();
    List<SocketChannel> clients = new ArrayList<>();
    try (BufferedReader out = process.inputReader(US_ASCII);
        Writer in = process.outputWriter(US_ASCII)) {
      String address = out.readLine();
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      connect(port, WARM, clients);
      long before = used(in, out, WARM);
      connect(port, CONNECTIONS, clients);
      long after = used(in, out, WARM + CONNECTIONS);
      long each = (after - before) / CONNECTIONS;
      System.out.println("a connection that waits without a thread: " + each + " bytes of heap");
      assertTrue(each <= MOST_BYTES, () -> each + " bytes");
    } finally {
      for (SocketChannel client : clients) {
        client.close();
      }
      process.destroyForcibly();
    }
  }

  /** Each has been served once, so that it costs what an old connection costs. */
  private static void connect(int port, int number, List<SocketChannel> into) throws IOException {
    for (int i = 0; i < number; i++) {
      SocketChannel client =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      into.add(client);
      ByteBuffer one = ByteBuffer.allocate(1);
      assertEquals(1, client.write(one));
      assertEquals(1, client.read(one.clear()));
    }
  }

  private static long used(Writer in, BufferedReader out, int connections) throws IOException {
    in.write("\n");
    in.flush();
    String[] answer = String.valueOf(out.readLine()).split(" ");
    assertEquals(connections, Integer.parseInt(answer[1]));
    return Long.parseLong(answer[0]);
  }
}
