/**
 * Keys and certificates that a test makes for itself, and pairs of connections under TLS.
 *
 * <p>{@link gonet.test.tls.TestKeys} makes certificates, good ones and bad ones; {@link
 * gonet.test.tls.TlsPairs} the pairs that a suite runs over. Nothing here is for programs: keys
 * that a program makes for itself prove nothing to anybody.
 */
@NullMarked
package gonet.test.tls;

import org.jspecify.annotations.NullMarked;
