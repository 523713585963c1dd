package gonet.test;

import gonet.Conn;

/** Two ends of one connection. What is written to one can be read from the other. */
public record ConnPair(Conn left, Conn right) implements AutoCloseable {

  /** Closes both ends, whatever state they are in. */
  @Override
  public void close() {
    left.close();
    right.close();
  }
}
