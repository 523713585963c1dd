package gonet.test.start;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.File;

/** The least a program of this package needs: no logging library, so the JDK's own speaks. */
final class TestClassPath {
  private TestClassPath() {}

  static String get() {
    return ChildJvm.locationOf(Net.class)
        + File.pathSeparator
        + ChildJvm.locationOf(Programs.class);
  }
}
