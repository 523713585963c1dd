package gonet.test;

import gonet.Conn;
import java.io.IOException;

/** What a group of cases knows about the test it is part of: a fresh pair and its threads. */
interface Cases {

  /** One end of the pair of this case. */
  Conn left();

  /** The other end. */
  Conn right();

  /** A further pair, for the case to close. */
  ConnPair connect() throws IOException;

  /** The threads of this case. */
  Crew crew();
}
