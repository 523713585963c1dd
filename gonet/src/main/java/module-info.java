/** Go's net for the JVM: blocking connections for virtual threads over a netpoller. */
module gonet {
  requires static org.jspecify;
  requires jdk.unsupported; // sun.misc.Signal, for Server.shutdownOnSignal

  exports gonet;
  exports gonet.frame;
  exports gonet.netip;
}
