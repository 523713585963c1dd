/**
 * IP addresses, address-port pairs and prefixes as small immutable values.
 *
 * <p>They read and print exactly as Go's {@code net/netip} does. In particular an IPv4 address and
 * its IPv4-mapped IPv6 form are two different values, a zone is part of an IPv6 address, and a
 * decimal field with a leading zero is an error rather than octal. Unlike {@link
 * java.net.InetAddress} nothing here ever asks a name service, and there is no invalid value: what
 * cannot be represented cannot be built.
 *
 * <p>Threads: every class is immutable and may be shared without care.
 *
 * <p>This package uses nothing else of gonet. Read next: {@link gonet.netip.Addr}.
 */
@NullMarked
package gonet.netip;

import org.jspecify.annotations.NullMarked;
