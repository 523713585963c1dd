/**
 * The parts of {@code gonet.examples.HttpServer}: HTTP/1.1 after RFC 9112, strict where a lenient
 * reading would let two programs see two different messages in the same bytes.
 *
 * <p>Threads: one for each connection, which is all that touches its objects. {@link
 * gonet.examples.http.Site} and {@link gonet.examples.http.Limits} are shared and never change.
 *
 * <p>Read next: {@link gonet.examples.http.HttpSession}, then {@link
 * gonet.examples.http.RequestHead} and {@link gonet.examples.http.RequestBody} for the way in,
 * {@link gonet.examples.http.Response} for the way out.
 */
@NullMarked
package gonet.examples.http;

import org.jspecify.annotations.NullMarked;
