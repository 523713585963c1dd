package gonet.test.machine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Addresses of this machine where nobody else comes in between. Test JVMs run side by side, and the
 * kernel gives a port that one of them has just closed to the next one that asks: a test that
 * expects to be refused at such a port then meets the server of another test.
 */
public final class Loopback {
  private Loopback() {}

  /**
   * An IPv4 loopback address that no other JVM of a test run listens on, for tests that dial a
   * listener after they have closed it. Linux has all of 127.0.0.0/8; elsewhere it is 127.0.0.1.
   */
  public static String own() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return "127.0.0.1";
    }
    long pid = ProcessHandle.current().pid(); // 22 bits at most, proc(5)
    return "127." + (64 + (pid >> 16 & 63)) + "." + (pid >> 8 & 255) + "." + (pid & 255);
  }

  /** {@link #own} with port 0, to listen on. */
  public static String ownAnyPort() {
    return own() + ":0";
  }

  /**
   * A TCP port that is taken and that nobody listens on, for all local addresses: a dial is refused
   * until this is closed.
   */
  public static final class DeadPort implements AutoCloseable {
    private final Socket holder = new Socket();

    public DeadPort() throws IOException {
      holder.bind(new InetSocketAddress(0));
    }

    public int number() {
      return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      holder.close();
    }
  }
}
