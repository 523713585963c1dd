package gonet.socket;

import java.io.IOException;

/** What a socket does before it reads or writes for the first time, and later in no time. */
@FunctionalInterface
interface Opening {

  /** Does it, if it is not done. Any thread. */
  void open() throws IOException;
}
