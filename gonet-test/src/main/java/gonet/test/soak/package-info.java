/**
 * Hostile traffic for an hour: {@code bin/soak}. Clients that behave in every bad way at once, over
 * the JDK's own sockets, against servers and a proxy of gonet's in the same process. Wrong bytes, a
 * call that does not end, and anything that is left at the end are failures.
 *
 * <p>Threads: each client is a virtual thread of the JDK's scheduler; one more disturbs the
 * handlers. They share {@link gonet.test.soak.Tally}, which takes counts from any thread.
 *
 * <p>Read next: {@link gonet.test.soak.Soak}, {@link gonet.test.soak.Manner}.
 */
@NullMarked
package gonet.test.soak;

import org.jspecify.annotations.NullMarked;
