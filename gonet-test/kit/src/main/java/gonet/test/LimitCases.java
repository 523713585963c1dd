package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetTimeoutException;
import gonet.TimeLimit;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits of calls, beside the connection's own deadlines and timeouts. */
interface LimitCases extends Cases {
  Duration MOMENT = Duration.ofMillis(40);
  Duration LONG = Duration.ofHours(1);

  @Test
  default void aLimitEndsAWaitingReadAndSaysThatItWasTheLimit() throws Exception {
    for (int i = 0; i < 2; i++) {
      TimeLimit limit = TimeLimit.after(MOMENT);
      assertSame(limit, struck(() -> left().within(limit).read(new byte[1])));
      assertTrue(limit.isOver());
      TimeLimit another = TimeLimit.after(MOMENT);
      assertSame(another, struck(() -> left().within(another).read(ByteBuffer.allocate(1))));
      TimeLimit third = TimeLimit.after(MOMENT);
      assertSame(third, struck(() -> left().within(third).awaitReadable()));
    }
    assertNull(left().readDeadline());
    assertNull(left().readTimeout());
    crew().start("writer", () -> right().write(new byte[1]));
    assertEquals(1, left().read(new byte[1]));
  }

  @Test
  default void aLimitThatIsOverFailsACallAlthoughDataIsThere() throws Exception {
    crew().start("writer", () -> right().write(new byte[] {1}));
    left().awaitReadable();
    TimeLimit over = TimeLimit.after(Duration.ZERO);
    assertSame(over, struck(() -> left().within(over).read(new byte[1])));
    assertSame(over, struck(() -> left().within(over).write(new byte[1])));
    assertEquals(1, left().read(new byte[1]));
  }

  @Test
  default void aLimitCoversSeveralCalls() throws Exception {
    crew().start("writer", () -> right().write(new byte[1]));
    TimeLimit limit = TimeLimit.after(Duration.ofMillis(300));
    assertSame(limit, struck(() -> left().within(limit).readFully(new byte[2])));
  }

  @Test
  default void aLimitBoundsAWriteWhichTellsHowMuchWentOut() throws Exception {
    byte[] tooMuch = new byte[64 << 20];
    crew().extra("slow reader", () -> readByteByByte());
    TimeLimit limit = TimeLimit.after(MOMENT);
    NetTimeoutException e =
        assertThrows(NetTimeoutException.class, () -> left().within(limit).write(tooMuch));
    assertSame(limit, e.limit());
    assertTrue(e.bytesTransferred() < tooMuch.length, e::toString);
    ByteBuffer[] srcs = {ByteBuffer.wrap(tooMuch), ByteBuffer.wrap(tooMuch)};
    TimeLimit second = TimeLimit.after(MOMENT);
    NetTimeoutException gathering =
        assertThrows(NetTimeoutException.class, () -> left().within(second).write(srcs));
    assertSame(second, gathering.limit());
    assertEquals(srcs[0].position() + srcs[1].position(), gathering.bytesTransferred());
    assertFalse(left().isClosed());
  }

  private void readByteByByte() throws java.io.IOException {
    byte[] one = new byte[1];
    while (right().read(one) >= 0) {
      // the next
    }
  }

  @Test
  default void whatTheConnectionItselfBoundsIsNoLimit() throws Exception {
    left().setReadDeadline(Instant.now().plus(MOMENT));
    assertNull(struck(() -> left().within(TimeLimit.after(LONG)).read(new byte[1])));
    // Both are over: then it is the connection's, which everybody who uses it has to know of.
    assertNull(struck(() -> left().within(TimeLimit.after(Duration.ZERO)).read(new byte[1])));
    left().setReadDeadline(null);
    left().setReadTimeout(MOMENT);
    assertNull(struck(() -> left().within(TimeLimit.after(LONG)).read(new byte[1])));
    assertNull(struck(() -> left().within(TimeLimit.after(LONG)).awaitReadable()));
    left().setWriteDeadline(Traffic.LONG_AGO);
    assertNull(struck(() -> left().within(TimeLimit.after(LONG)).write(new byte[1])));
  }

  @Test
  default void theEarlierOfTwoLimitsWins() throws Exception {
    for (int i = 0; i < 2; i++) {
      TimeLimit early = TimeLimit.after(MOMENT);
      List<TimeLimit> limits = List.of(early, TimeLimit.after(LONG));
      TimeLimit outer = limits.get(i);
      TimeLimit inner = limits.get(1 - i);
      assertSame(early, struck(() -> left().within(inner).within(outer).read(new byte[1])));
    }
  }

  @Test
  default void aLimitBoundsNobodyElse() throws Exception {
    Job<Integer> other = crew().compute("other", () -> left().read(new byte[1])).awaitParked();
    TimeLimit limit = TimeLimit.after(MOMENT); // also while it waits for its turn
    assertSame(limit, struck(() -> left().within(limit).read(new byte[1])));
    assertFalse(other.isDone());
    right().write(new byte[1]);
    assertEquals(1, other.result());
  }

  /** Whose limit ended the call. */
  private static @org.jspecify.annotations.Nullable TimeLimit struck(
      org.junit.jupiter.api.function.Executable call) {
    NetTimeoutException e = assertThrows(NetTimeoutException.class, call);
    assertTrue(e.timeout());
    return e.limit();
  }
}
