package gonet.test;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Does what {@link LeakCheck} says: callbacks around those of the test class itself. */
final class LeakCheckExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakCheckExtension.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static boolean warm;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Class<?> test = context.getRequiredTestClass();
    // Its static initializer may have to run before gonet is first used, as Faults.install has.
    var _ = Class.forName(test.getName(), true, test.getClassLoader());
    warmUp();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Held.class, Held.now());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Held before = context.getStore(NAMESPACE).get(Held.class, Held.class);
    if (before == null) {
      return; // beforeEach of this extension did not run, so neither did the test
    }
    boolean clean =
        Eventually.comesTrue(
            "a clean end",
            Duration.ofMillis(5),
            PATIENCE,
            () -> Held.now().since(before).isEmpty());
    if (!clean) {
      List<String> left = Held.now().since(before);
      if (!left.isEmpty()) {
        fail("left behind " + PATIENCE.toSeconds() + " s after the test:\n" + lines(left));
      }
    }
  }

  static String lines(List<String> lines) {
    SocketTable sockets = SocketTable.read();
    return lines.stream().map(sockets::described).collect(Collectors.joining("\n  ", "  ", ""));
  }

  /** What a process makes at first use and keeps is no leak: make it before the first look. */
  private static synchronized void warmUp() throws Exception {
    if (warm) {
      return;
    }
    useGonet();
    // Once more on a thread of gonet's own, which another poller may serve.
    FutureTask<@Nullable Void> again =
        new FutureTask<>(
            () -> {
              useGonet();
              return null;
            });
    var _ = Net.go(again::run);
    again.get();
    useTheJdk();
    warm = true;
  }

  private static void useGonet() throws IOException {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      listener.setTimeout(Duration.ofMillis(10));
      for (int i = 0; i < 3; i++) { // the first may spend its time on loading classes
        assertThrows(NetTimeoutException.class, listener::accept);
      }
      listener.setTimeout(null);
      try (Conn dialled = Net.dial("tcp", listener.addr().toString());
          Conn accepted = listener.accept()) {
        dialled.write(new byte[1]);
        accepted.readFully(new byte[1]);
      }
    }
  }

  /** Its virtual thread has to park: where a connection is there at once, no poller is made. */
  private static void useTheJdk() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FutureTask<Socket> accept = new FutureTask<>(listener::accept);
      Thread jdk = Thread.ofVirtual().start(accept);
      Eventually.holds("accept waits", () -> jdk.getState() == Thread.State.WAITING);
      try (Socket _ = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
        accept.get().close();
      }
    }
  }
}
