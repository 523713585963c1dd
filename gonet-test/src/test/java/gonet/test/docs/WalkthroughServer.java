package gonet.test.docs;

import gonet.Listener;
import gonet.Net;
import gonet.examples.basics.ListenAcceptGo;

/** The server of docs/walkthrough.md on a port of the system's choice; ends with its input. */
final class WalkthroughServer {
  private WalkthroughServer() {}

  public static void main(String[] args) throws Exception {
    Listener l = Net.listen("tcp", "0.0.0.0:0");
    Net.go(() -> ListenAcceptGo.serve(l));
    String address = l.addr().toString();
    System.out.println(address.substring(address.lastIndexOf(':') + 1));
    while (System.in.read() >= 0) {
      // Until the test lets go.
    }
  }
}
