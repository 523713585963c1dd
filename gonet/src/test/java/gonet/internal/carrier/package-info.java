/** The carrier lane's scheduler, with tasks that are no virtual threads and without a kernel. */
@NullMarked
package gonet.internal.carrier;

import org.jspecify.annotations.NullMarked;
