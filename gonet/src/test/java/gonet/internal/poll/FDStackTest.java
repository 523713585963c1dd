package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A StackOverflowError may come out of every step of every operation. Whatever it has cut short:
 * the next operation of the same direction begins, close returns, and the descriptor is given back
 * once.
 */
@Timeout(180)
class FDStackTest {
  /** From the end of the stack upwards. */
  private static final int LEVELS = 400;

  private static final int MOST_LEVELS = 16 * LEVELS;

  private static final int RUNS = 3;

  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(1);

  private final ManualLane lane = new ManualLane();

  /** Answers without a frame of its own beneath, so that locks are what is deepest. */
  private static final class Shallow extends FakeDescriptor {
    volatile int answer = 1;

    @Override
    public int receive(byte[] buf, int off, int len) {
      return answer;
    }

    @Override
    public int send(byte[] buf, int off, int len) {
      return answer;
    }

    @Override
    public int probeRead() {
      return answer;
    }
  }

  private enum Operation {
    READ {
      @Override
      void run(FD fd) throws FDException {
        int n = fd.read(new byte[1], 0, 1, Clock.NONE);
        assertEquals(1, n);
      }
    },
    READ_THAT_WAITS {
      @Override
      void run(FD fd) throws FDException {
        fd.read(new byte[1], 0, 1, Clock.after(SOON));
      }
    },
    WRITE {
      @Override
      void run(FD fd) throws FDException {
        fd.write(new byte[1], 0, 1, Clock.NONE);
      }
    },
    WRITE_THAT_WAITS {
      @Override
      void run(FD fd) throws FDException {
        fd.write(new byte[1], 0, 1, Clock.after(SOON));
      }
    },
    AWAIT_READABLE {
      @Override
      void run(FD fd) throws FDException {
        fd.awaitReadable(Clock.NONE);
      }
    },
    WHEN_READABLE {
      @Override
      void run(FD fd) throws FDException {
        boolean now =
            fd.whenReadable(
                new ReadWait() {
                  @Override
                  public void readable() {
                    fd.endWait();
                  }

                  @Override
                  public void closed() {
                    fd.endWait();
                  }
                });
        assertTrue(!now);
      }
    },
    CLOSE_WRITE {
      @Override
      void run(FD fd) throws FDException {
        fd.closeWrite(Clock.NONE);
      }
    },
    CLOSE_READ {
      @Override
      void run(FD fd) throws FDException {
        fd.closeRead();
      }
    },
    OPTION {
      @Override
      void run(FD fd) throws FDException {
        fd.linger(0);
      }
    },
    DEADLINE {
      @Override
      void run(FD fd) throws FDException {
        fd.readDeadline(Clock.after(SOON));
        fd.writeDeadline(Clock.after(SOON));
      }
    },
    CLOSE {
      @Override
      void run(FD fd) {
        fd.close();
      }
    },
    CLOSE_SOON {
      @Override
      void run(FD fd) {
        fd.closeSoon();
      }
    };

    abstract void run(FD fd) throws FDException;

    boolean finds() {
      return this != READ_THAT_WAITS && this != WRITE_THAT_WAITS && this != WHEN_READABLE;
    }

    boolean closes() {
      return this == CLOSE || this == CLOSE_SOON;
    }
  }

  /** What one operation is done to. */
  private final class Round implements CutStack.Body {
    final Shallow socket = new Shallow();
    final FD fd = new FD(socket, lane, true);
    private final Operation operation;

    Round(Operation operation) {
      this.operation = operation;
      socket.answer = operation.finds() ? 1 : -EAGAIN;
    }

    @Override
    public void run() throws Exception {
      operation.run(fd);
    }

    void assertNothingIsLeft() throws Exception {
      socket.answer = 1;
      fd.desc.ready(Readiness.READ | Readiness.WRITE);
      fd.desc.read.deadline(Clock.NONE);
      fd.desc.write().deadline(Clock.NONE);
      boolean closed = operation.closes() && fd.closed();
      assertGoesOn(true, closed);
      assertGoesOn(false, closed);
      var _ = Call.start(fd::close).result();
      Eventually.until(fd::destroyed);
      assertEquals(1, socket.close.calls());
      assertEquals(List.of(), socket.misuse);
    }

    private void assertGoesOn(boolean read, boolean closed) throws Exception {
      Call<String> next =
          Call.run(
              () -> {
                if (read) {
                  fd.read(new byte[1], 0, 1, Clock.NONE);
                } else {
                  fd.write(new byte[1], 0, 1, Clock.NONE);
                }
              });
      if (closed) {
        assertEquals(Kind.CLOSED, next.failure().kind());
      } else {
        next.result();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOverflowAnywhereLeavesNothingBehind(Operation operation) throws Exception {
    int levels = LEVELS;
    for (int run = 0; run < RUNS; run++) { // more and more of it is compiled
      while (overflows(operation, levels) == levels) {
        // A level is small where the descent is compiled, and an operation deep where it is not.
        levels *= 2;
        assertTrue(levels < MOST_LEVELS, "never done");
      }
    }
    Eventually.until(() -> lane.registered() == 0);
  }

  private long overflows(Operation operation, int levels) throws Exception {
    List<Round> rounds =
        IntStream.range(0, levels).mapToObj(level -> new Round(operation)).toList();
    Throwable[] failures = CutStack.run(rounds);
    for (Round round : rounds) {
      round.assertNothingIsLeft();
    }
    long overflows = Arrays.stream(failures).filter(StackOverflowError.class::isInstance).count();
    assertTrue(overflows > 5, "cut " + overflows + " times only");
    return overflows;
  }
}
