/**
 * Races for the carrier lane's words: who owns a processor, who sleeps, who takes a task. In the
 * package of what they test, to reach it.
 */
@NullMarked
package gonet.internal.carrier;

import org.jspecify.annotations.NullMarked;
