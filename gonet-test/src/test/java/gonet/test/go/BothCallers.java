package gonet.test.go;

import gonet.test.Callers;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.LeakCheck;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every test of a class on each kind of thread, with a crew of the same. */
@ParameterizedClass(name = "{0}")
@MethodSource("gonet.test.Callers#kinds")
@ExtendWith(OnCallerThread.class)
@LeakCheck
@Timeout(180)
abstract class BothCallers {
  static final String LOOPBACK = "127.0.0.1:0";

  @Parameter Callers callers;

  /** Threads of the kind under test. */
  Crew crew;

  @BeforeEach
  final void hire() {
    crew = new Crew(callers);
  }

  /** A test closes its connections itself, so no thread of its crew can still be waiting. */
  @AfterEach
  final void dismiss() throws Exception {
    crew.end();
  }

  static Stream<Named<ConnPairs>> pairs() {
    return Stream.of(
        Named.of("tcp", ConnPairs.dialled("tcp", LOOPBACK)), Named.of("pipe", ConnPairs.pipe()));
  }
}
