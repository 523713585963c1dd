/** Tests of the address values: tables of texts and what they mean, rows of our own. */
@NullMarked
package gonet.netip;

import org.jspecify.annotations.NullMarked;
