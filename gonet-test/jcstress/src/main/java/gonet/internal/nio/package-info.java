/**
 * The selector's wake-up under jcstress. The same package as what is tested, because that is visible
 * there alone.
 *
 * <p>Threads: jcstress runs each actor in a thread of its own.
 *
 * <p>Read first: {@code WakeAgainstSelect}.
 */
package gonet.internal.nio;
