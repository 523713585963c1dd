package gonet.internal.dns;

import java.util.ArrayList;
import java.util.List;

/**
 * What one answer says of a name: along its aliases, which may stand in any order, to the records.
 * Records of other names are not believed.
 *
 * @param end the last name of the chain, as the server spells it
 * @param records those of the type asked for that belong to the last name
 * @param ttlSeconds the shortest of all that were used; zero if none was
 */
record Chain(String end, List<ResourceRecord> records, long ttlSeconds) {
  /** No sensible chain is so long; one that goes in a circle ends here. */
  static final int MAX_ALIASES = 16;

  static Chain of(String name, Type type, List<ResourceRecord> answers) throws LookupFailure {
    String end = name;
    long ttl = Long.MAX_VALUE;
    for (int i = 0; i <= MAX_ALIASES; i++) {
      List<ResourceRecord> found = new ArrayList<>();
      ResourceRecord alias = null;
      for (ResourceRecord record : answers) {
        if (Names.same(record.name(), end)) {
          if (record.type() == type) {
            found.add(record);
          } else if (record.type() == Type.CNAME) {
            alias = record;
          }
        }
      }
      for (ResourceRecord record : found) {
        ttl = Math.min(ttl, record.ttlSeconds());
      }
      if (!found.isEmpty() || alias == null) {
        return new Chain(end, found, ttl == Long.MAX_VALUE ? 0 : ttl);
      }
      end = ((Data.Domain) alias.data()).name();
      ttl = Math.min(ttl, alias.ttlSeconds());
    }
    throw new LookupFailure(
        LookupFailure.Kind.PERMANENT,
        "more than " + MAX_ALIASES + " aliases one behind the other",
        "");
  }
}
