/**
 * The PROXY protocol, versions 1 and 2: a load balancer or proxy says in front of the stream whose
 * connection it carries. Its specification is {@code proxy-protocol.txt} of HAProxy.
 *
 * <p>{@link gonet.proxyproto.ProxyProtocol} takes such headers, from proxies that are trusted, and
 * {@link gonet.proxyproto.ProxyConn} is the connection behind one, which tells the client's
 * addresses. {@link gonet.proxyproto.ProxyHeader} is what a header says, and writes one; version 2
 * carries more in {@link gonet.proxyproto.ProxyTlv}s, such as {@link gonet.proxyproto.ProxySsl}.
 *
 * <p>How a header is read:
 *
 * <pre>
 *   HeaderConn      turns, limits, and the bytes beneath
 *     HeaderReader    how many bytes must come at least; so none behind the header is ever taken
 *       TextHeader      version 1
 *       BinaryHeader    version 2
 * </pre>
 *
 * <p>Threads: any, for all types.
 *
 * <p>Read next: {@link gonet.proxyproto.ProxyProtocol}, then {@code HeaderReader}.
 */
@NullMarked
package gonet.proxyproto;

import org.jspecify.annotations.NullMarked;
