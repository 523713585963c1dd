/** Go's net for the JVM: blocking connections for virtual threads over a netpoller. */
module gonet {
  requires static org.jspecify;
  // A runtime image may leave these out: without them there are no signals (Server.shutdownOnSignal
  // makes do with a hook), no recordings and no bean.
  requires static jdk.unsupported;
  requires static java.management;
  requires static jdk.jfr;
  requires static jdk.management;

  // Looked for only: one that is there means that the JVM's own way of looking up names is wanted.
  uses java.net.spi.InetAddressResolverProvider;

  exports gonet;
  exports gonet.admin;
  exports gonet.cluster;
  exports gonet.frame;
  exports gonet.live;
  exports gonet.netip;
  exports gonet.proxyproto;
  exports gonet.server;
  exports gonet.socket;
  exports gonet.tls;
  exports gonet.wire;
}
