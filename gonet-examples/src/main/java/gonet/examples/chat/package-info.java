/**
 * The parts of {@code gonet.examples.Chat}: rooms of people who send lines.
 *
 * <p>Threads: two for each member, one that reads and one that writes, so that what somebody says
 * never waits for somebody else's screen. Between the two stands a bounded {@link
 * gonet.examples.chat.Outbox}. {@link gonet.examples.chat.Lobby} has the only other lock.
 *
 * <p>Read next: {@link gonet.examples.chat.Member}, then {@link gonet.examples.chat.Outbox}.
 */
@NullMarked
package gonet.examples.chat;

import org.jspecify.annotations.NullMarked;
