/**
 * The netpoller's state machines under jcstress: threads meet in one object, millions of times,
 * compiled and interpreted, and only the outcomes that are listed may be seen. The same package as
 * what is tested, because that is visible there alone.
 *
 * <p>A wake-up that is lost shows as {@code LOST} or {@code TIMEOUT}: each wait, or the arbiter's
 * look at it, has a limit that no rightful wait comes near.
 *
 * <p>Threads: jcstress runs each actor in a thread of its own, and the arbiter after both.
 *
 * <p>Read first: {@code EdgeAgainstPark}, {@code LockHandOver}.
 */
package gonet.internal.poll;
