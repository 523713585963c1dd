package gonet;

/**
 * A descriptor by its number, as errors about it show it. Go's {@code fileAddr}.
 *
 * @param fd as the caller gave it
 */
record FileAddr(int fd) implements NetAddr {
  static final String NETWORK = "file+net";

  @Override
  public String network() {
    return NETWORK;
  }

  @Override
  public String toString() {
    return "fd " + fd;
  }
}
