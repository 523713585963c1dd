package gonet.test;

import gonet.Conn;

/** What a group of cases knows about the test it is part of: a fresh pair and its threads. */
interface Cases {

  /** One end of the pair of this case. */
  Conn left();

  /** The other end. */
  Conn right();

  /** The threads of this case. */
  Crew crew();
}
