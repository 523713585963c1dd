/**
 * Frames on a connection: a stream of bytes has no borders, and these classes put them in.
 *
 * <p>A {@link gonet.frame.Framing} says where frames end: {@link gonet.frame.Lines}, {@link
 * gonet.frame.Delimited}, {@link gonet.frame.LengthPrefixed}, {@link gonet.frame.FixedLength}. It
 * is a value, with a limit that no frame may pass. {@link gonet.frame.FrameReader} and {@link
 * gonet.frame.FrameWriter} apply it to any {@link gonet.Conn}; deadlines, timeouts and interrupts
 * are the connection's own.
 *
 * <p>What a peer can do wrong has a type: {@link gonet.frame.FrameTooLongException}, {@link
 * gonet.frame.MalformedFrameException}, {@link gonet.frame.TruncatedFrameException}. Lengths are
 * checked before memory is taken, and memory grows with the bytes that came, not with what was
 * announced.
 *
 * <p>Threads: framings and exceptions are immutable. A reader belongs to one thread at a time, a
 * writer may be shared.
 *
 * <p>This package knows the public API of gonet only. Read next: {@link gonet.frame.FrameReader}.
 */
@NullMarked
package gonet.frame;

import org.jspecify.annotations.NullMarked;
