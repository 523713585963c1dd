package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.internal.backend.Readiness;
import gonet.internal.time.Clock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thread that never waits stands aside now and then; one that waits, for whatever, has let the
 * others run already. Counted at the lane, which is asked each time how to stand aside.
 */
@Timeout(180)
class FDTurnTest {
  private static final int CALLS = 20 * Turn.BUSY_CALLS;

  private final AtomicInteger turns = new AtomicInteger();
  private final ManualLane lane =
      new ManualLane() {
        @Override
        public boolean yieldIsFair() {
          turns.incrementAndGet();
          return true;
        }
      };
  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, lane, true);

  @AfterEach
  void close() {
    fd.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThreadThatNeverWaitsStandsAside(boolean reads) throws Exception {
    socket.receive.always(1);
    Call.run(
            () -> {
              for (int i = 0; i < CALLS; i++) {
                once(reads);
              }
            })
        .result();
    assertEquals(CALLS / Turn.BUSY_CALLS, turns.get());
  }

  @Test
  void aHandlerThatWaitsForEachRequestIsNeverBusyForItsResponses() throws Exception {
    Call<String> handler =
        Call.run(
            () -> {
              for (int i = 0; i < CALLS; i++) {
                once(true);
                once(false);
              }
            });
    while (!handler.done()) {
      edgeFor(handler, "read", socket.receive);
    }
    handler.result();
    assertEquals(0, turns.get());
  }

  @Test
  void aReaderThatWaitsToAnswerIsNeverBusyForItsReads() throws Exception {
    socket.receive.always(1);
    socket.send.always(-EAGAIN);
    Call<String> handler =
        Call.run(
            () -> {
              for (int i = 0; i < CALLS; i++) {
                once(true);
                once(false);
              }
            });
    while (!handler.done()) {
      edgeFor(handler, "write", socket.send);
    }
    handler.result();
    assertEquals(0, turns.get());
  }

  @Test
  void theWaitsOfAReaderDoNotExcuseAnotherThreadThatWritesWithoutWaiting() throws Exception {
    AtomicInteger written = new AtomicInteger();
    Semaphore allowed = new Semaphore(0); // a thread that spins would keep the only carrier
    Call<String> writer =
        Call.run(
            () -> {
              while (written.get() < CALLS) {
                allowed.acquire();
                once(false);
                written.incrementAndGet();
              }
            });
    Call<String> reader =
        Call.run(
            () -> {
              for (int i = 0; i < CALLS; i++) {
                once(true);
              }
            });
    for (int i = 0; i < CALLS; i++) { // a wait of the reader between any two writes
      edgeFor(reader, "read", socket.receive);
      allowed.release();
      int seen = i;
      Eventually.until(() -> written.get() > seen);
    }
    reader.result();
    writer.result();
    assertEquals(CALLS / Turn.BUSY_CALLS, turns.get());
  }

  @Test
  void aLongWriteStandsAsideInTheMiddle() throws Exception {
    socket.maxTransfer = 1;
    int size = 10 * 2 * Turn.BUSY_CALLS;
    Call.run(() -> fd.write(new byte[size], 0, size, Clock.NONE)).result();
    assertEquals(10, turns.get());
  }

  @Test
  void aWaitExcusesOneBusyRunAndNotAllThatFollow() throws Exception {
    Call<String> writer =
        Call.run(
            () -> {
              once(true);
              for (int i = 0; i < CALLS; i++) {
                once(false);
              }
            });
    edgeFor(writer, "read", socket.receive);
    writer.result();
    assertEquals(CALLS / Turn.BUSY_CALLS - 1, turns.get());
  }

  private void once(boolean read) throws FDException {
    byte[] one = new byte[1];
    if (read) {
      assertEquals(1, fd.read(one, 0, 1, Clock.NONE));
    } else {
      fd.write(one, 0, 1, Clock.NONE);
    }
  }

  /** Once the call waits, lets its next try succeed. */
  private void edgeFor(Call<?> call, String direction, Script script) {
    Eventually.until(() -> call.done() || fd.toString().contains(direction + " parked"));
    if (!call.done()) {
      script.then(1);
      lane.kernel.edge(socket, direction.equals("read") ? Readiness.READ : Readiness.WRITE);
    }
  }
}
