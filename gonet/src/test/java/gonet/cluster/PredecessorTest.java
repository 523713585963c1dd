package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.line;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.TimeLimit;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Connections that a predecessor gives, for which the test speaks: each has one owner. */
@Timeout(180)
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
    old = meetAgain();
    port = Net.listen("tcp", "127.0.0.1:0");
    client = Net.dial("tcp", port.addr().toString());
    served = port.accept();
  }

  private Predecessor meetAgain(Listener... listeners) throws Exception {
    Path path = folder.resolve("handover");
    CompletableFuture<Predecessor> asked = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            UnixConn conn = (UnixConn) Net.dial(PacketLink.NETWORK, path.toString());
            PacketLink own = new PacketLink(conn, HandOverLink.MAX_BYTES);
            asked.complete(Predecessor.ask(own, path, TimeLimit.after(Rehearsal.LIMIT)));
          } catch (Throwable t) {
            asked.completeExceptionally(t);
          }
        });
    if (link != null) {
      link.close();
    }
    link = new PacketLink(atPath.accept(), HandOverLink.MAX_BYTES);
    link.setTimeout(Rehearsal.LIMIT);
    assertTrue(line(link).startsWith("HELLO 2 "));
    link.send("HELLO 2 5");
    for (Listener each : listeners) {
      link.send("LISTENER tcp " + each.addr(), (NetSocket) each);
    }
    link.send("PATH", (NetSocket) atPath);
    return asked.get(20, TimeUnit.SECONDS);
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
  void aTakerThatThrowsLeavesNoConnectionBehind() throws Exception {
    Thread.startVirtualThread(
        () ->
            old.receiveConns(
                (conn, state) -> {
                  throw new IllegalStateException("for the test");
                }));
    assertEquals("TAKEN", pass((NetSocket) served));
    served.close(); // this side's
    client.setReadTimeout(Rehearsal.LIMIT);
    assertEquals(-1, client.read(new byte[1]));
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

  /** As of a process that is closed right behind its ready. */
  @Test
  void aCloseIsNoFailureOfWhatComes() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("gonet.cluster");
    List<String> warnings = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)
                && event.getFormattedMessage().contains("process 5")) { // others' links go on
              warnings.add(event.getFormattedMessage());
            }
          }
        };
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
    try {
      old.close();
      old.receiveConns((conn, state) -> taken.add(conn));
      old = meetAgain();
      Thread reader = receive(Net::go);
      old.close();
      reader.join();
    } finally {
      logger.detachAppender(appender);
    }
    assertEquals(List.of(), warnings);
  }

  /** As by listen beside ready: each has one owner, or is closed. */
  @Test
  void listenersAreTakenWhileOthersAreClosed() throws Exception {
    Listener[] own = new Listener[50];
    try {
      for (int i = 0; i < own.length; i++) {
        own[i] = Net.listen("tcp", "127.0.0.1:0");
      }
      for (int round = 0; round < 20; round++) {
        old.close();
        old = meetAgain(own);
        Predecessor now = old;
        CyclicBarrier both = new CyclicBarrier(2);
        CompletableFuture<Void> closes =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    both.await();
                    now.closeListeners();
                  } catch (InterruptedException | BrokenBarrierException e) {
                    throw new AssertionError(e);
                  }
                });
        both.await();
        for (Listener each : own) {
          try (Listener got = now.take("tcp", each.addr().toString())) {
            assertTrue(got == null || !got.isClosed(), "taken and closed");
          }
        }
        closes.get(20, TimeUnit.SECONDS);
      }
    } finally {
      for (Listener each : own) {
        if (each != null) {
          each.close();
        }
      }
    }
  }

  @Test
  void oneThatSaysALittleMoreAgainAndAgainKeepsNobody() throws Exception {
    Path path = folder.resolve("handover");
    CompletableFuture<Predecessor> asked = new CompletableFuture<>();
    Thread asking =
        Thread.startVirtualThread(
            () -> {
              try {
                UnixConn conn = (UnixConn) Net.dial(PacketLink.NETWORK, path.toString());
                try (PacketLink own = new PacketLink(conn, HandOverLink.MAX_BYTES)) {
                  asked.complete(
                      Predecessor.ask(own, path, TimeLimit.after(Duration.ofMillis(500))));
                }
              } catch (Throwable t) {
                asked.completeExceptionally(t);
              }
            });
    try (PacketLink trickling = new PacketLink(atPath.accept(), HandOverLink.MAX_BYTES)) {
      trickling.setTimeout(Rehearsal.LIMIT);
      assertTrue(line(trickling).startsWith("HELLO 2 "));
      trickling.send("HELLO 2 5");
      while (!asked.isDone()) {
        try {
          trickling.send("LISTENER tcp x", (NetSocket) port);
        } catch (IOException e) { // it has left
          break;
        }
        Thread.sleep(20);
      }
    }
    asking.join();
    Throwable t = assertThrows(ExecutionException.class, asked::get).getCause();
    assertEquals(HandOverException.class, t.getClass());
    assertTrue(t.getMessage().endsWith("did not answer in time"), "" + t);
  }

  /** The other process goes by having said it, whatever befalls the one that hears it. */
  @Test
  void noErrorMakesAWordUnsaid() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    assertTrue(
        PacketLink.isWord(
            "SERVING",
            buf -> {
              if (reads.incrementAndGet() <= 3) {
                throw new OutOfMemoryError("before it came, for the test");
              }
              return put("SERVING", buf);
            }));
    assertTrue(
        PacketLink.isWord(
            "SERVING",
            buf -> {
              put("SERVING", buf);
              throw new OutOfMemoryError("behind it, for the test");
            }));
    assertFalse(PacketLink.isWord("SERVING", buf -> put("SERVING!", buf)));
    assertFalse(PacketLink.isWord("SERVING", buf -> put("SERVE", buf)));
    assertFalse(PacketLink.isWord("SERVING", buf -> -1));
    assertFalse(
        PacketLink.isWord(
            "SERVING",
            buf -> {
              put("SERVE", buf);
              throw new OutOfMemoryError("behind another, for the test");
            }));
  }

  private static int put(String word, byte[] buf) {
    byte[] bytes = word.getBytes(UTF_8);
    System.arraycopy(bytes, 0, buf, 0, bytes.length);
    return bytes.length;
  }
}
