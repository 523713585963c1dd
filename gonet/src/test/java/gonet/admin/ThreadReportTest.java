package gonet.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ThreadReportTest {
  @Test
  void equalStacksAreOneEntryAndTheMostComeFirst() {
    String dump =
        """
        123
        2026-01-01T00:00:00Z
        25

        #1 "main" RUNNABLE 2026-01-01T00:00:00Z
            at A.a(A.java:1)

        #2 "w "1"" virtual WAITING 2026-01-01T00:00:00Z
            at B.b(B.java:1)
            - parking to wait for <X@1>
            at B.c(B.java:2)

        #3 "" virtual WAITING 2026-01-01T00:00:01Z
            at B.b(B.java:1)
            - parking to wait for <X@2>
            at B.c(B.java:2)
        """;
    assertEquals(
        """
        2 threads, virtual WAITING: "w "1"", ""
            at B.b(B.java:1)
            at B.c(B.java:2)

        1 thread, RUNNABLE: "main"
            at A.a(A.java:1)

        """,
        ThreadReport.grouped(dump.lines()));
  }
}
