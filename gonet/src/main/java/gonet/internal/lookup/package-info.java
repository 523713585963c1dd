/**
 * Names to numbers, as far as that needs nothing of the API: lookups that several callers share,
 * and the table of services.
 *
 * <p>Threads: all methods are safe for any thread. A lookup blocks a platform thread of this
 * package, never the caller's carrier.
 *
 * <p>Read next: {@code gonet.Resolver}, which users see.
 */
@NullMarked
package gonet.internal.lookup;

import org.jspecify.annotations.NullMarked;
