package gonet.internal.nio;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread registers, arms and polls: every step of the contract, in order. */
@Timeout(180)
class NioReadinessTest {
  private static final long SECOND_NANOS = 1_000_000_000;

  private Loopback loopback;
  private NioReadiness readiness;
  private Descriptor client;
  private Descriptor server;
  private final Reports reports = new Reports();

  @BeforeEach
  void open() throws SyscallException, IOException {
    loopback = new Loopback();
    readiness = new NioReadiness(Selector.open());
    Loopback.Pair pair = loopback.connect();
    client = pair.client();
    server = pair.server();
    readiness.register(server, reports);
  }

  @AfterEach
  void close() {
    readiness.deregister(server);
    readiness.close();
    loopback.close();
  }

  /** As native code with a double close does it: nothing is reported any more. */
  @Test
  void whoeverWaitsIsToldWhenTheSelectorIsBroken() throws Exception {
    Selector selector = Selector.open();
    NioReadiness broken = new NioReadiness(selector);
    Loopback.Pair pair = loopback.connect();
    Reports told = new Reports();
    broken.register(pair.server(), told);
    assertEquals(0, broken.failure());
    selector.close();
    assertThrows(ClosedSelectorException.class, () -> broken.poll(SECOND_NANOS));
    assertEquals(1, told.reads());
    assertEquals(1, told.writes());
    assertEquals(Errno.EBADF, broken.failure());
    assertThrows(ClosedSelectorException.class, () -> broken.poll(0));
    assertEquals(1, told.reads(), "told once");
    assertThrows(SyscallException.class, () -> broken.register(pair.client(), told));
    broken.deregister(pair.server());
    assertEquals(0, broken.registered());
  }

  @Test
  void aSelectorThatRestsIsOpenedAgainByTheNextRegistration() throws Exception {
    readiness.closeSelector();
    assertEquals(1, readiness.registered(), "one that is needed does not rest");
    readiness.deregister(server);
    for (int i = 0; i < 3; i++) {
      readiness.closeSelector();
      assertThrows(ClosedSelectorException.class, () -> readiness.poll(0));
      readiness.register(server, reports);
      assertEquals(0, readiness.failure());
      int before = reports.writes();
      readiness.arm(server, Readiness.WRITE);
      assertEquals(1, readiness.poll(SECOND_NANOS));
      assertEquals(before + 1, reports.writes());
      readiness.deregister(server);
    }
  }

  @Test
  void nothingIsReportedThatNobodyArmed() {
    client.send(new byte[1], 0, 1);
    assertEquals(1, Loopback.settled(() -> server.receive(new byte[1], 0, 1)));
    client.send(new byte[1], 0, 1);
    assertEquals(0, readiness.poll(SECOND_NANOS / 50));
    assertEquals(0, reports.reads() + reports.writes());
  }

  @Test
  void aLevelReachedBeforeTheArmingIsReported() {
    client.send(new byte[1], 0, 1);
    readiness.arm(server, Readiness.READ);
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, reports.reads());
    assertEquals(0, reports.writes());
  }

  @Test
  void oneArmingIsAnsweredOnceAndTheNextOneAgain() {
    client.send(new byte[1], 0, 1);
    readiness.arm(server, Readiness.READ);
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(0, readiness.poll(0));
    assertEquals(0, readiness.poll(SECOND_NANOS / 50));
    readiness.arm(server, Readiness.READ);
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(2, reports.reads());
  }

  @Test
  void theDirectionsAreArmedApart() {
    readiness.arm(server, Readiness.WRITE);
    readiness.arm(server, Readiness.READ);
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, reports.writes());
    assertEquals(0, reports.reads());
    client.shutdownWrite();
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, reports.writes());
    assertEquals(1, reports.reads());
  }

  @Test
  void anAcceptIsARead() throws SyscallException {
    Reports accepts = new Reports();
    readiness.register(loopback.listener, accepts);
    readiness.arm(loopback.listener, Readiness.READ);
    assertEquals(0, readiness.poll(0));
    assertEquals(0, Loopback.connect(loopback.open(Family.INET4), loopback.address));
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, accepts.reads());
    readiness.deregister(loopback.listener);
  }

  @Test
  void theOutcomeOfAConnectIsAWrite() throws SyscallException {
    loopback.listener.close();
    Descriptor dialer = loopback.open(Family.INET4);
    assertEquals(-Errno.EINPROGRESS, dialer.connect(loopback.address));
    Reports connects = new Reports();
    readiness.register(dialer, connects);
    readiness.arm(dialer, Readiness.WRITE);
    assertEquals(1, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, connects.writes());
    assertEquals(-Errno.ECONNREFUSED, dialer.finishConnect());
    readiness.deregister(dialer);
    assertEquals(1, readiness.registered());
  }

  @Test
  void aConnectFinishedBeforeItsReportDoesNotKeepTheSelectorBusy() throws SyscallException {
    Descriptor dialer = loopback.open(Family.INET4);
    Reports connects = new Reports();
    readiness.register(dialer, connects);
    int answer = dialer.connect(loopback.address);
    readiness.arm(dialer, Readiness.WRITE);
    if (answer == -Errno.EINPROGRESS) {
      assertEquals(0, Loopback.settled(dialer::finishConnect));
    }
    readiness.poll(0);
    long before = System.nanoTime();
    assertEquals(0, readiness.poll(SECOND_NANOS / 20));
    assertTrue(System.nanoTime() - before >= SECOND_NANOS / 20);
    readiness.deregister(dialer);
  }

  @Test
  void aPollIsNeverEarly() {
    long before = System.nanoTime();
    assertEquals(0, readiness.poll(20_000_001));
    assertTrue(System.nanoTime() - before >= 20_000_001);
  }

  @Test
  void aPollOfLessThanAMillisecondIsNeitherEarlyNorEndless() {
    long before = System.nanoTime();
    assertEquals(0, readiness.poll(300_000));
    assertTrue(System.nanoTime() - before >= 300_000);
  }

  @Test
  void aWakeEndsTheNextBlockingPollToo() {
    readiness.wake();
    assertEquals(0, readiness.poll(-1));
  }

  @Test
  void aWakeIsNotSwallowedByADeregistration() throws SyscallException {
    readiness.wake();
    readiness.deregister(server);
    assertEquals(0, readiness.poll(-1));
  }

  @Test
  void whoHasLeftHearsNothing() {
    readiness.arm(server, Readiness.READ | Readiness.WRITE);
    readiness.deregister(server);
    client.send(new byte[1], 0, 1);
    assertEquals(0, readiness.poll(SECOND_NANOS / 50));
    assertEquals(0, reports.reads() + reports.writes());
  }

  @Test
  void aSinkMayDeregisterAnotherOneOfTheSameBatch() throws SyscallException {
    Loopback.Pair other = loopback.connect();
    Descriptor[] both = {client, other.client()};
    int[] told = new int[2];
    for (int i = 0; i < 2; i++) {
      int self = i;
      readiness.register(
          both[i],
          _ -> {
            told[self]++;
            readiness.deregister(both[1 - self]);
            both[1 - self].close();
          });
      readiness.arm(both[i], Readiness.WRITE);
    }
    assertEquals(2, readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, told[0] + told[1]);
    assertEquals(2, readiness.registered());
    readiness.deregister(both[0]);
    readiness.deregister(both[1]);
  }

  @Test
  void aSinkThatThrowsTakesNothingFromTheOthers() throws SyscallException {
    Loopback.Pair other = loopback.connect();
    Readiness.Sink broken =
        _ -> {
          throw new IllegalStateException("broken sink");
        };
    readiness.register(client, broken);
    readiness.register(other.client(), broken);
    readiness.arm(client, Readiness.WRITE);
    readiness.arm(server, Readiness.WRITE);
    readiness.arm(other.client(), Readiness.WRITE);
    assertThrows(IllegalStateException.class, () -> readiness.poll(10 * SECOND_NANOS));
    assertEquals(1, reports.writes());
    readiness.deregister(client);
    readiness.deregister(other.client());
  }

  @Test
  void deregisteringTwiceIsHarmless() {
    readiness.deregister(server);
    readiness.deregister(server);
    readiness.arm(server, Readiness.READ);
    assertEquals(0, readiness.registered());
  }

  @Test
  void aClosedChannelCannotBeRegistered() {
    client.close();
    SyscallException e =
        assertThrows(SyscallException.class, () -> readiness.register(client, reports));
    assertEquals(Errno.EBADF, e.errno());
    assertEquals(1, readiness.registered());
  }

  @Test
  void aSocketIsClosedByCloseOnceItHasLeft() {
    readiness.deregister(server);
    server.close();
    // Had the selector kept the key, the JDK would have sent a FIN without closing, and writes
    // would succeed for ever.
    await().until(() -> client.send(new byte[1], 0, 1), answer -> answer < 0);
  }

  @Test
  void whoeverWaitsToLeaveIsReleasedWhenTheReadinessCloses() {
    readiness.close();
    readiness.deregister(server);
    assertEquals(0, readiness.registered());
  }
}
