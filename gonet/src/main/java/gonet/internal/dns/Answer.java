package gonet.internal.dns;

import java.util.List;

/**
 * What a name server has said.
 *
 * @param canonical the last name of the chain of aliases, with the root at its end
 * @param aliased whether there was an alias at all
 * @param records of the types asked for, and of that name
 */
public record Answer(String canonical, boolean aliased, List<ResourceRecord> records) {}
