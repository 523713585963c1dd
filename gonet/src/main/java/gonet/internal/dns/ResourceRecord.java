package gonet.internal.dns;

/**
 * One record of an answer.
 *
 * @param name whose, with the root at its end
 * @param ttlSeconds how long it may be remembered
 */
public record ResourceRecord(String name, Type type, long ttlSeconds, Data data) {}
