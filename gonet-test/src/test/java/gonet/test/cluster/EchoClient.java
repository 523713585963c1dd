package gonet.test.cluster;

import gonet.Conn;
import gonet.Net;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A connection to a worker of a cluster, which is known by its process id. */
final class EchoClient implements AutoCloseable {
  private final Conn conn;
  private final long pid;

  EchoClient(String address) throws IOException {
    conn = Net.dial("tcp", address);
    boolean greeted = false;
    try {
      conn.setReadTimeout(Duration.ofSeconds(60));
      long number = 0;
      byte[] one = new byte[1];
      for (conn.readFully(one); one[0] != '\n'; conn.readFully(one)) {
        number = number * 10 + one[0] - '0';
      }
      pid = number;
      greeted = true;
    } finally {
      if (!greeted) {
        conn.close();
      }
    }
  }

  long pid() {
    return pid;
  }

  void exchange() throws IOException {
    byte[] out = new byte[ThreadLocalRandom.current().nextInt(1, 2000)];
    ThreadLocalRandom.current().nextBytes(out);
    conn.write(out);
    byte[] in = new byte[out.length];
    conn.readFully(in);
    if (!Arrays.equals(out, in)) {
      throw new AssertionError("wrong bytes from process " + pid);
    }
  }

  /** Whether the other side ends it, by an end of the stream or a reset. */
  boolean ends() {
    try {
      return conn.read(new byte[1]) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    conn.close();
  }
}
