package gonet.examples.proxy;

import gonet.Conn;
import gonet.Net;

/** Two connections as one: what either side does, the other side sees. */
public final class Tunnel {
  private Tunnel() {}

  /**
   * Carries bytes between the two until both directions have ended, or one of the connections is
   * gone. Then the other one is reset, too; after an orderly end both are left for the caller to
   * close.
   *
   * @throws InterruptedException if the thread is interrupted; both are reset then
   */
  public static void run(Conn a, Conn b) throws InterruptedException {
    Pump there = new Pump(a, b);
    Pump back = new Pump(b, a);
    Thread other = Net.go(() -> back.run(there));
    try {
      there.run(back);
      other.join();
    } catch (InterruptedException e) {
      a.abort();
      b.abort();
      throw e;
    }
  }
}
