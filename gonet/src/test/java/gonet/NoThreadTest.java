package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Daemons;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users see at a limit on threads: which thread of what could not be started. */
@Timeout(180)
@Proves("jvm-no-thread")
class NoThreadTest {
  @Test
  void aDialByNameSaysThatItsLookupHadNone() {
    // An idle thread of an earlier lookup would do this one as well.
    await().atMost(Duration.ofMinutes(1)).until(NoThreadTest::noThreadWaitsForLookups);
    Dialer dialer = Dialer.defaults().withResolver(Resolver.system());
    IOException e =
        Daemons.making(
            (name, body) -> {
              throw Refusing.error(); // a pool starts its threads by a way of its own
            },
            () ->
                Assertions.assertThrows(
                    IOException.class, () -> dialer.dial("tcp", "no-thread.invalid:80")));
    String text = String.valueOf(e.getMessage());
    assertTrue(
        text.startsWith("dial tcp: lookup no-thread.invalid: cannot start thread gonet-lookup-"),
        text);
    assertTrue(e instanceof NetFailure failure && failure.temporary(), text);
  }

  /** Other tests leave threads behind that are stuck in a lookup and do no other. */
  private static boolean noThreadWaitsForLookups() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().startsWith("gonet-lookup-"))
        .flatMap(entry -> Arrays.stream(entry.getValue()))
        .noneMatch(frame -> frame.getMethodName().equals("getTask"));
  }

  @Test
  void aWaitSaysWhichThreadAndTheSystemsReason() {
    Op op = new Op(Op.READ, "tcp", null, null);
    IOException e = OpErrors.syscall(op, "clone gonet-timer", 11, 0);
    assertEquals(
        "read tcp: cannot start thread gonet-timer: resource temporarily unavailable",
        e.getMessage());
    assertEquals("clone", ((NetFailure) e).syscall());
    assertEquals("EAGAIN", ((NetFailure) e).errno());
    assertTrue(((NetFailure) e).temporary());
  }
}
