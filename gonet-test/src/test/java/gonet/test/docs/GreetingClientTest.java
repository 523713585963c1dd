package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.internal.backend.Errno;
import gonet.test.BadPeer;
import gonet.test.Effect;
import gonet.test.Faults;
import gonet.test.LeakCheck;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of docs/testing.md; its last test holds that the document shows it as it is. */
@LeakCheck
@Timeout(180)
class GreetingClientTest {

  // example
  /** The client under test: sends a name, reads the greeting to its end. */
  static String greet(String address, String name) throws IOException {
    try (Conn c = Net.dial("tcp", address)) {
      c.write(name.getBytes(US_ASCII));
      c.closeWrite();
      return new String(c.readAll(1000), US_ASCII);
    }
  }

  @Test
  void aGreetingCutOffByAResetIsNoGreeting() throws Exception {
    Effect[] script = {
      new Effect.Read(3), new Effect.SendBytes("hello B".getBytes(US_ASCII)), new Effect.Reset()
    };
    try (BadPeer peer = BadPeer.listen(script)) {
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> greet(peer.address(), "Bob"));
      assertTrue(NetFailure.isConnectionGone(e));
    }
  }

  @Test
  void aKernelThatInterruptsAndStopsShortChangesNothing() throws Exception {
    try (Faults faults = Faults.begin();
        BadPeer peer = BadPeer.listen(new Effect.Echo(), new Effect.Close())) {
      faults.failEvery(Faults.Call.SEND, 2, Errno.EINTR).shortWrites(1).shortReads(2);
      assertEquals("Bob", greet(peer.address(), "Bob"));
      assertTrue(faults.injected(Faults.Call.SEND) > 0);
    }
  }

  // end of example

  @Test
  void theDocumentShowsThisExample() throws IOException {
    String source =
        Documents.read("gonet-test/src/test/java/gonet/test/docs/GreetingClientTest.java");
    int begin = source.indexOf("  // example\n") + "  // example\n".length();
    String example = source.substring(begin, source.indexOf("\n  // end of example"));
    String shown = String.join("", Documents.blocks(Documents.read("docs/testing.md"), "java"));
    assertTrue(shown.contains(example.stripTrailing().stripIndent()), shown);
  }
}
