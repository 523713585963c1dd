/** Go's net for the JVM: blocking connections for virtual threads over a netpoller. */
module gonet {
  requires static org.jspecify;
  requires jdk.unsupported; // sun.misc.Signal, for Server.shutdownOnSignal
  // A runtime image may leave these out: without them there are no recordings and no bean.
  requires static java.management;
  requires static jdk.jfr;

  exports gonet;
  exports gonet.frame;
  exports gonet.netip;
}
