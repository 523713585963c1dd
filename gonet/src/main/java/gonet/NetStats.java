package gonet;

/**
 * What gonet holds at one moment; a snapshot.
 *
 * @param backend {@code epoll} or {@code nio}; {@code none} before the first listen or dial
 * @param lane who polls: {@code carrier}, the carrier threads that gonet's virtual threads run on,
 *     {@code shared}, a virtual thread among all others, or {@code thread}, a thread of its own;
 *     {@code none} before the first listen or dial
 * @param registered descriptors the poller watches; one that never had to wait is not among them
 * @param armedTimers deadlines the timer thread will look at
 */
public record NetStats(String backend, String lane, int registered, int armedTimers) {}
