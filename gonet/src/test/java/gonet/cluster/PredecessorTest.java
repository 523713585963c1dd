package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that a predecessor gives, for which the test speaks: each has one owner. */
@Timeout(60)
@Proves("handover")
@SuppressWarnings("try") // each closes in its own order
class PredecessorTest {
  @TempDir Path folder;

  private final BlockingQueue<Conn> taken = new LinkedBlockingQueue<>();
  private UnixListener atPath;
  private Predecessor old;

  /** The end of the predecessor. */
  private PacketLink link;

  private Listener port;
  private Conn client;

  /** The predecessor's, which it wants to give. */
  private Conn served;

  @BeforeEach
  void meet() throws Exception {
    Path path = folder.resolve("handover");
    atPath = ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path.toString());
    CompletableFuture<Predecessor> asked = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            UnixConn conn = (UnixConn) Net.dial(PacketLink.NETWORK, path.toString());
            PacketLink own = new PacketLink(conn, HandOverLink.MAX_BYTES);
            asked.complete(Predecessor.ask(own, path, Rehearsal.LIMIT));
          } catch (Throwable t) {
            asked.completeExceptionally(t);
          }
        });
    link = new PacketLink(atPath.accept(), HandOverLink.MAX_BYTES);
    link.setTimeout(Rehearsal.LIMIT);
    assertTrue(line(link).startsWith("HELLO 2 "));
    link.send("HELLO 2 5");
    link.send("PATH", (NetSocket) atPath);
    old = asked.get(20, TimeUnit.SECONDS);
    port = Net.listen("tcp", "127.0.0.1:0");
    client = Net.dial("tcp", port.addr().toString());
    served = port.accept();
  }

  @AfterEach
  void part() {
    for (AutoCloseable each : new AutoCloseable[] {served, client, port, link, old, atPath}) {
      if (each != null) {
        Predecessor.closeQuietly(each);
      }
    }
    taken.forEach(Predecessor::closeQuietly);
  }

  private Thread receive(Predecessor.Starter starter) {
    return Thread.startVirtualThread(
        () -> old.receiveConns((conn, state) -> taken.add(conn), starter));
  }

  private String pass(NetSocket socket) throws Exception {
    link.send("CONN", new byte[] {1}, socket);
    return line(link);
  }

  private void assertTaken() throws Exception {
    assertEquals("TAKEN", pass((NetSocket) served));
    Conn come = taken.poll(20, TimeUnit.SECONDS);
    assertNotNull(come);
    try (come) {
      client.write(new byte[] {'y'});
      assertReads("y", come);
    }
  }

  @Test
  void whatFindsNoThreadStaysWithThePredecessor() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    receive(
        task -> {
          if (starts.incrementAndGet() == 1) {
            throw Refusing.error();
          }
          return Net.go(task);
        });
    assertEquals("REFUSED no thread", pass((NetSocket) served));
    client.write(new byte[] {'x'});
    assertReads("x", served);
    assertTaken(); // the next one is heard all the same
  }

  @Test
  void oneThatCannotBeTakenKeepsNoOtherFromComing() throws Exception {
    receive(Net::go);
    String answer = pass((NetSocket) port);
    assertTrue(answer.startsWith("REFUSED "), answer);
    link.send("CONN");
    assertEquals("REFUSED no descriptor came", line(link));
    assertTaken();
  }

  /** The predecessor was not told, and goes on serving it, unless it is dead. */
  @Test
  void whatCouldNotBeSaidToBeTakenIsNotServed() throws Exception {
    BlockingQueue<Net.Task> tasks = new LinkedBlockingQueue<>();
    Thread reader =
        receive(
            task -> {
              tasks.add(task);
              return Thread.currentThread();
            });
    link.send("CONN", new byte[] {1}, (NetSocket) served);
    Net.Task task = tasks.poll(20, TimeUnit.SECONDS);
    assertNotNull(task);
    link.close();
    reader.join();
    task.run();
    assertNull(taken.poll());
    client.write(new byte[] {'x'});
    assertReads("x", served);
  }
}
