/**
 * Which address is dialled when: one after the other, each with its share of the time, and two
 * families against each other. Knows no network: how one address is dialled, and what failures are
 * called, a {@code Connector} tells.
 *
 * <pre>
 *   DialRace     two lists, two threads, one winner
 *      |
 *   DialSerial   one list, one address after the other
 *      |
 *   Connector    one address; Attempt is what its thread waits for
 * </pre>
 *
 * <p>Threads: a race runs on the thread that dials and on one virtual thread beside it. Everything
 * that both touch is guarded by the race's lock, or by the monitor of an {@code Attempt}.
 *
 * <p>Read first: {@link gonet.internal.dial.DialSerial}. Read next: {@link
 * gonet.internal.dial.DialRace}, whose class comment says who wins.
 */
@NullMarked
package gonet.internal.dial;

import org.jspecify.annotations.NullMarked;
