package gonet;

/** The address of both ends of every pipe. */
enum PipeAddr implements NetAddr {
  /** The only one. */
  PIPE;

  static final String NETWORK = "pipe";

  @Override
  public String network() {
    return NETWORK;
  }

  @Override
  public String toString() {
    return NETWORK;
  }
}
