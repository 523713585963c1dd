package gonet.test.load;

import java.io.IOException;

/**
 * What a request is, and where its answer ends. Of one connection after the other, on one thread.
 */
interface Exchange {
  /** Always the same bytes. */
  byte[] request();

  /** A fresh connection: nothing has come yet. */
  void begin();

  /**
   * Takes what has come next.
   *
   * @return how many answers ended within it
   * @throws IOException if it is no answer
   */
  int answers(byte[] buf, int off, int len) throws IOException;

  /** Whether the server has said that it answers nothing more on this connection. */
  boolean isOver();
}
