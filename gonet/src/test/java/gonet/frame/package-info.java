/** Tests of the framings: a corpus of streams, cut in every way, and each promise by itself. */
@NullMarked
package gonet.frame;

import org.jspecify.annotations.NullMarked;
