package gonet.test.docs;

import gonet.Conn;
import gonet.Net;

/** The client of docs/walkthrough.md: dials the port that is its argument, and leaves. */
final class WalkthroughClient {
  private WalkthroughClient() {}

  public static void main(String[] args) throws Exception {
    try (Conn conn = Net.dial("tcp", "127.0.0.1:" + args[0])) {
      System.out.println(conn.localAddr());
    }
  }
}
