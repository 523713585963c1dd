/**
 * TLS 1.3 and 1.2 over any {@link gonet.Conn}, by the JDK's {@code SSLEngine}.
 *
 * <p>{@link gonet.tls.Tls} dials, listens and puts TLS over a connection; {@link gonet.tls.TlsConn}
 * is that connection, with everything that {@code Conn} promises; {@link gonet.tls.TlsConfig} says
 * how, and keeps sessions and {@linkplain gonet.tls.TlsKeyPair key pairs}.
 *
 * <p>What goes wrong has a type: {@link gonet.tls.TlsException} for TLS itself, beneath it {@link
 * gonet.tls.TlsCertificateException} and {@link gonet.tls.TruncatedException}; {@link
 * gonet.tls.TlsKeyException} for files of keys.
 *
 * <p>How a connection is built:
 *
 * <pre>
 *   TlsConn        turns of readers and writers, states, failures
 *     Handshake      its steps, one after the other, by whoever comes first
 *     RecordInput    ciphertext in, one record at a time to the engine, plaintext that was too much
 *     RecordOutput   the order of records on their way out
 *       Buffers        lent while bytes are there
 * </pre>
 *
 * <p>Threads: any, for all types but {@code TlsConfig.Builder}.
 *
 * <p>Read next: {@link gonet.tls.TlsConn}, with the comment that draws its states.
 */
@NullMarked
package gonet.tls;

import org.jspecify.annotations.NullMarked;
