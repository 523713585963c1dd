/** Go's net for the JVM: blocking connections for virtual threads over a netpoller. */
module gonet {
  requires static org.jspecify;
  // A runtime image may leave these out: without them there are no signals (Server.shutdownOnSignal
  // makes do with a hook), no recordings and no bean.
  requires static jdk.unsupported;
  requires static java.management;
  requires static jdk.jfr;

  exports gonet;
  exports gonet.frame;
  exports gonet.live;
  exports gonet.netip;
  exports gonet.server;
  exports gonet.wire;
}
