package gonet.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An operation that a guard cuts into parts. Its parts are scripted, so that no clock decides which
 * limit is over.
 */
class GuardedTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Pipe pipe = Net.pipe();
  private final Conn conn = pipe.first();

  @AfterEach
  void close() {
    pipe.close();
  }

  /** One moment, and none behind it. */
  private static final class OneMoment implements Guarded.Guard {
    final TimeLimit moment = TimeLimit.after(Duration.ZERO);
    final List<String> told = new ArrayList<>();
    private boolean given;

    @Override
    public TimeLimit nextMoment() {
      TimeLimit next = given ? null : moment;
      given = true;
      return next;
    }

    @Override
    public void done(int bytes, long nanos) {
      told.add("done " + bytes);
    }

    @Override
    public void waited(long nanos) {
      told.add("waited");
    }

    @Override
    public void momentCame(int bytes, long before) {
      told.add("moment " + bytes + " behind " + before);
    }
  }

  private final OneMoment guard = new OneMoment();

  /** The first part moves three bytes until the guard's moment. */
  private int run(Duration timeout, TimeLimit limit, Guarded.Part second) throws IOException {
    return Guarded.run(
        "read",
        conn,
        guard,
        timeout,
        limit,
        (before, bound) -> {
          if (before == 0) {
            assertSame(guard.moment, bound, "the earlier of the two");
            throw NetFailure.timeout("read", conn, 3, bound);
          }
          assertEquals(3, before);
          return second.run(before, bound);
        });
  }

  @Test
  void anOperationGoesOnBehindTheMomentOfItsGuard() throws IOException {
    assertEquals(
        4,
        run(
            null,
            null,
            (before, bound) -> {
              assertNull(bound);
              return 4;
            }));
    assertEquals(List.of("waited", "moment 3 behind 0", "done 4"), guard.told);
  }

  @Test
  void aTimeoutOfTheCallersTellsWhatAllPartsHaveMoved() {
    TimeLimit callers = TimeLimit.after(HOUR);
    NetTimeoutException e =
        assertThrows(
            NetTimeoutException.class,
            () ->
                run(
                    null,
                    callers,
                    (before, bound) -> {
                      throw NetFailure.timeout("read", conn, 2, bound);
                    }));
    assertEquals(5, e.bytesTransferred());
    assertEquals(5, e.bytesTransferred);
    assertSame(callers, e.limit());
    assertEquals(List.of("waited", "moment 3 behind 0", "waited"), guard.told);
  }

  /** The caller has never seen that limit, so it is not told. */
  @Test
  void aTimeoutForEachCallTellsWhatAllPartsHaveMovedAndNoLimit() {
    NetTimeoutException e =
        assertThrows(
            NetTimeoutException.class,
            () ->
                run(
                    HOUR,
                    null,
                    (before, bound) -> {
                      throw NetFailure.timeout("read", conn, 2, bound);
                    }));
    assertEquals(5, e.bytesTransferred());
    assertNull(e.limit());
  }

  @Test
  void aFailureTellsWhatAllPartsHaveMoved() {
    NetClosedException e =
        assertThrows(
            NetClosedException.class,
            () ->
                run(
                    null,
                    null,
                    (before, bound) -> {
                      throw NetFailure.closed("read", conn, 2);
                    }));
    assertEquals(5, e.bytesTransferred());
  }
}
