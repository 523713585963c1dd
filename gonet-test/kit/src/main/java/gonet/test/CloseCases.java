package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetClosedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What close does to callers, to later calls and to the other side. */
interface CloseCases extends Cases {

  @Test
  default void closeTwiceIsCloseOnce() {
    assertFalse(left().isClosed());
    left().close();
    assertTrue(left().isClosed());
    left().close();
    assertTrue(left().isClosed());
    assertFalse(right().isClosed());
  }

  @Test
  @Proves({"conn-close", "uv-cancel"})
  default void closeWakesTheReaderAndTheWriterAndThoseBehindThem() throws Exception {
    List<Job<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(crew().start("reader " + i, () -> left().read(new byte[1])).awaitParked());
      waiting.add(crew().start("writer " + i, () -> Traffic.flood(left())).awaitParked());
    }
    left().close();
    for (Job<?> job : waiting) {
      assertFalse(job.failure(NetClosedException.class).timeout());
    }
  }

  @Test
  default void closeWakesAThreadInAwaitReadable() throws Exception {
    Job<?> waiting = crew().start("waiter", () -> left().awaitReadable()).awaitParked();
    left().close();
    waiting.failure(NetClosedException.class);
  }

  @Test
  @Proves("B32")
  default void aHundredThreadsMayCloseAtOnce() throws Exception {
    Job<?> reader = crew().start("reader", () -> left().read(new byte[1])).awaitParked();
    CountDownLatch go = new CountDownLatch(1);
    List<Job<Void>> closers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      closers.add(
          crew()
              .start(
                  "closer",
                  () -> {
                    go.await();
                    left().close();
                    assertTrue(left().isClosed());
                  }));
    }
    go.countDown();
    for (Job<Void> closer : closers) {
      closer.result();
    }
    reader.failure(NetClosedException.class);
    assertEquals(-1, right().read(new byte[1]));
  }

  @Test
  @Proves({"node-state", "B23"})
  default void everyCallAfterCloseFailsAsClosed() {
    Conn conn = left();
    conn.close();
    List<org.junit.jupiter.api.function.Executable> calls =
        List.of(
            () -> conn.read(new byte[1]),
            () -> conn.read(ByteBuffer.allocate(1)),
            () -> conn.readFully(new byte[1]),
            () -> conn.readAll(),
            () -> conn.awaitReadable(),
            () -> conn.write(new byte[1]),
            () -> conn.write(ByteBuffer.allocate(1)),
            () -> conn.write(ByteBuffer.allocate(1), ByteBuffer.allocate(1)),
            () -> conn.closeRead(),
            () -> conn.closeWrite(),
            () -> conn.setDeadline(Instant.now()),
            () -> conn.setReadDeadline(null),
            () -> conn.setWriteDeadline(null),
            () -> conn.setReadTimeout(Duration.ofSeconds(1)),
            () -> conn.setWriteTimeout(null));
    for (int i = 0; i < calls.size(); i++) {
      assertThrows(NetClosedException.class, calls.get(i), "call " + i);
    }
    conn.abort();
    assertTrue(conn.isClosed());
  }

  @Test
  @Proves("node-remote")
  default void addressesAreKnownAfterClose() {
    String local = left().localAddr().toString();
    String remote = left().remoteAddr().toString();
    left().close();
    assertEquals(local, left().localAddr().toString());
    assertEquals(remote, left().remoteAddr().toString());
    assertFalse(left().localAddr().network().isEmpty());
  }

  /** The kernel can be asked no more, so close has to ask. */
  @Test
  default void addressesThatNobodyAskedForAreKnownAfterClose() {
    left().close();
    right().close();
    assertEquals(right().remoteAddr().toString(), left().localAddr().toString());
    assertEquals(right().localAddr().toString(), left().remoteAddr().toString());
  }

  @Test
  default void theOtherSideSeesTheEndAfterClose() throws Exception {
    Job<Integer> reader = crew().compute("reader", () -> right().read(new byte[1])).awaitParked();
    left().close();
    assertEquals(-1, reader.result());
  }

  @Test
  @Proves("node-destroy-soon")
  default void closeGracefullyDeliversTheAnswerToARequestNobodyRead() throws Exception {
    byte[] answer = Traffic.random(50_000, 8);
    Job<?> request = crew().start("request", () -> left().write(new byte[1 << 18]));
    Job<byte[]> response = crew().compute("response", () -> left().readAll());
    Job<Boolean> server =
        crew()
            .compute(
                "server",
                () -> {
                  right().write(answer);
                  return right().closeGracefully(Duration.ofSeconds(20));
                });
    assertArrayEquals(answer, response.result());
    request.result();
    left().close();
    assertTrue(server.result());
    assertTrue(right().isClosed());
  }

  @Test
  default void closeGracefullyGivesUpWhenItsTimeIsOverAndClosesAllTheSame() {
    long start = System.nanoTime();
    assertFalse(right().closeGracefully(Duration.ofMillis(50)));
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(50).toNanos());
    assertTrue(right().isClosed());
  }

  @Test
  default void closeGracefullyIsNotHeldBackByAPastDeadline() throws Exception {
    right().setDeadline(Traffic.LONG_AGO);
    crew()
        .start(
            "client",
            () -> {
              assertEquals(-1, left().read(new byte[1]));
              left().close();
            });
    assertTrue(right().closeGracefully(Duration.ofSeconds(20)));
    assertThrows(
        IllegalArgumentException.class, () -> right().closeGracefully(Duration.ofMillis(-1)));
    crew().join();
  }
}
