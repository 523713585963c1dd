/** Tests of headers as bytes: each value of the specification, cut everywhere, and by chance. */
@NullMarked
package gonet.proxyproto;

import org.jspecify.annotations.NullMarked;
