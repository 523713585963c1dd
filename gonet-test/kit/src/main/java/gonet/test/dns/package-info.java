/**
 * A name server for tests: {@link gonet.test.dns.NameServer} listens, a test's script looks at each
 * {@link gonet.test.dns.DnsQuery} and sends a {@link gonet.test.dns.DnsReply}, or something worse.
 *
 * <p>Threads: a script runs on the server's threads, datagrams one after the other.
 */
@NullMarked
package gonet.test.dns;

import org.jspecify.annotations.NullMarked;
