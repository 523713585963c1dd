package gonet.test.docs;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;

/** The server of docs/walkthrough.md: echoes on every address of the machine. */
final class WalkthroughServer {
  private WalkthroughServer() {}

  public static void main(String[] args) throws Exception {
    Listener l = Net.listen("tcp", "0.0.0.0:0");
    Net.go(
        () -> {
          while (true) {
            Conn c = l.accept();
            Thread handler = Net.go(() -> echo(c));
            Net.go(() -> tellWhenParkedAgain(handler));
          }
        });
    String address = l.addr().toString();
    System.out.println(address.substring(address.lastIndexOf(':') + 1));
    while (System.in.read() >= 0) {
      // Until the test lets go.
    }
  }

  private static volatile boolean echoed;

  private static void echo(Conn c) throws Exception {
    try (c) {
      byte[] buf = new byte[16 * 1024];
      for (int n; (n = c.read(buf)) >= 0; ) {
        c.write(buf, 0, n);
        echoed = true;
      }
    }
  }

  private static void tellWhenParkedAgain(Thread handler) {
    while (!echoed || handler.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    System.out.println("parked");
  }
}
