package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Daemons;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users see at a limit on threads: which thread of what could not be started. */
@Timeout(60)
@Proves("jvm-no-thread")
class NoThreadTest {
  @Test
  void aDialByNameSaysThatItsLookupHadNone() {
    await() // of an earlier lookup, which would do this one as well
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("gonet-lookup-")));
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
