/**
 * A stub resolver's half of DNS: RFC 1034 and 1035, EDNS of RFC 6891, the defences of RFC 5452, and
 * the files of the machine that say whom to ask.
 *
 * <pre>
 *   Client ── one name, one or two types: which servers, how often, how long
 *     ├── Servers        who was silent lately comes last
 *     ├── Exchange       sockets; gonet has the real ones, tests have theirs
 *     ├── QueryWriter ── Question, Names
 *     ├── MessageReader ── Message, ResourceRecord, Data
 *     ├── Chain          from the name asked for along its aliases to the records
 *     └── Cache          if the program wants one
 *   Flights  ── callers with the same question share one lookup
 *   SystemFiles ── ResolvConf, HostsFile, NameSwitch: read again when they change
 * </pre>
 *
 * <p>Threads: {@code Client} blocks the virtual thread that calls it, and nothing else; all classes
 * are safe for any thread but {@code MessageReader}, {@code QueryWriter} and what belongs to one
 * call of the client.
 *
 * <p>Read next: {@link gonet.internal.dns.Client}, then {@code gonet.DnsResolver}, which users see.
 */
@NullMarked
package gonet.internal.dns;

import org.jspecify.annotations.NullMarked;
