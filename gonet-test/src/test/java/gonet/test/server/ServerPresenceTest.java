package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetClosedException;
import gonet.TcpConn;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ServerConn#whileThere}: work for a client that may leave. */
@LeakCheck
@Timeout(180)
@Proves("jvm-peer-gone")
class ServerPresenceTest {
  private static final int WORKS = 3;

  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch mayBegin = new CountDownLatch(1);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  /** Reads one byte of what its client sends, and works until it may end. */
  private Server start() throws IOException {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0")
        .handler(
            conn -> {
              conn.readFully(new byte[1]);
              told.add("reads");
              mayBegin.await();
              told.add(work(conn));
            })
        .start();
  }

  private String work(ServerConn conn) throws Exception {
    try {
      return conn.whileThere(
          () -> {
            told.add("works");
            mayEnd.await();
            return "done";
          });
    } catch (InterruptedException e) {
      return Thread.currentThread().isInterrupted() ? "left, and an interrupt is left" : "left";
    }
  }

  @Test
  void aClientThatHasSentFurtherRequestsIsThere() throws Exception {
    mayBegin.countDown();
    try (Server server = start();
        Conn client = Clients.dial(server)) {
      client.write(new byte[3]);
      assertEquals("reads", told.take());
      assertEquals("works", told.take());
      client.write(new byte[3]);
      Clients.eventually(() -> server.stats().bytesRead() == 1);
      mayEnd.countDown();
      assertEquals("done", told.take());
    }
  }

  @Test
  void aClientThatLeavesEndsTheWorkAlsoBehindBytesThatNobodyHasRead() throws Exception {
    assumeHeard();
    mayBegin.countDown();
    for (int unread : new int[] {0, 3}) {
      try (Server server = start()) {
        try (Conn client = Clients.dial(server)) {
          client.write(new byte[1 + unread]);
          assertEquals("reads", told.take());
          assertEquals("works", told.take());
        }
        assertEquals("left", told.take());
      }
    }
  }

  @Test
  void aResetEndsTheWork() throws Exception {
    assumeHeard();
    mayBegin.countDown();
    try (Server server = start()) {
      TcpConn client = (TcpConn) Clients.dial(server);
      client.write(new byte[3]);
      assertEquals("reads", told.take());
      assertEquals("works", told.take());
      client.abort();
      assertEquals("left", told.take());
    }
  }

  @Test
  void workForAClientThatHasLeftAlreadyIsInterruptedAtOnce() throws Exception {
    assumeHeard();
    try (Server server = start()) {
      try (Conn client = Clients.dial(server)) {
        client.write(new byte[3]);
        assertEquals("reads", told.take());
      }
      mayBegin.countDown();
      assertEquals("works", told.take());
      assertEquals("left", told.take());
    }
  }

  @Test
  void severalThreadsMayWorkForOneClientOneAfterTheOtherAndAtATime() throws Exception {
    assumeHeard();
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .handler(
                conn -> {
                  assertEquals("done", conn.whileThere(() -> "done"));
                  List<Thread> workers = new ArrayList<>();
                  for (int i = 0; i < WORKS; i++) {
                    workers.add(Net.go(() -> told.add(work(conn))));
                  }
                  for (Thread worker : workers) {
                    worker.join();
                  }
                })
            .start()) {
      try (Conn _ = Clients.dial(server)) {
        for (int i = 0; i < WORKS; i++) {
          assertEquals("works", told.take());
        }
      }
      for (int i = 0; i < WORKS; i++) {
        assertEquals("left", told.take());
      }
    }
  }

  @Test
  void onAClosedConnectionTheWorkDoesNotBegin() throws Exception {
    assumeHeard();
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .handler(
                conn -> {
                  conn.close();
                  NetClosedException e =
                      assertThrows(NetClosedException.class, () -> conn.whileThere(() -> "done"));
                  told.add(e.getMessage());
                })
            .start()) {
      try (Conn _ = Clients.dial(server)) {
        String message = told.take();
        assertFalse(message.isEmpty());
        assertEquals("use of closed network connection", message.substring(message.length() - 32));
      }
    }
  }

  private static void assumeHeard() {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"),
        "a selector does not tell of an end behind unread bytes");
  }
}
