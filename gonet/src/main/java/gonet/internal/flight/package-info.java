/**
 * What is seen of gonet from outside: the counts behind {@code gonet.NetStats}, and what JDK Flight
 * Recorder shows, with event classes and the questions whether anybody records them. Knows no type
 * of gonet's, only numbers, texts and objects that can tell a text, so that every layer may report
 * here.
 *
 * <p>Costs nothing while nobody records: no event class is loaded before the recorder of this JVM
 * runs, and whoever would report asks first, by a method that allocates nothing. The module jdk.jfr
 * may be absent, as it may from a runtime image; then nothing is ever recorded.
 *
 * <p>Threads: stateless; any thread. An event in the making belongs to the thread that began it.
 *
 * <p>Read next: {@link gonet.internal.flight.Trace}, then {@link gonet.internal.flight.Flight}.
 */
@NullMarked
package gonet.internal.flight;

import org.jspecify.annotations.NullMarked;
