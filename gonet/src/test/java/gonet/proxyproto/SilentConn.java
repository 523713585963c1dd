package gonet.proxyproto;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.Net;
import gonet.NetAddr;

/** A connection that only has a name, for the texts of failures. */
final class SilentConn extends ForwardingConn {
  private static final Conn BENEATH = Net.pipe().first();

  private record Name() implements NetAddr {
    @Override
    public String network() {
      return "silent";
    }

    @Override
    public String toString() {
      return "silent";
    }
  }

  SilentConn() {
    super(BENEATH);
  }

  @Override
  public NetAddr localAddr() {
    return new Name();
  }

  @Override
  public NetAddr remoteAddr() {
    return new Name();
  }
}
