package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.netip.Addr;
import gonet.support.Proves;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Only what belongs to the name is believed. */
@Proves("names-records")
class ChainTest {
  private static ResourceRecord a(String name, String addr) {
    return new ResourceRecord(name, Type.A, 60, new Data.Address(Addr.parse(addr)));
  }

  private static ResourceRecord cname(String name, String target) {
    return new ResourceRecord(name, Type.CNAME, 30, new Data.Domain(target));
  }

  @Test
  void aliasesMayStandInAnyOrder() throws Exception {
    List<ResourceRecord> answers =
        List.of(
            a("C.test.", "192.0.2.1"), cname("b.test.", "c.test."), cname("A.test.", "b.TEST."));
    Chain chain = Chain.of("a.test.", Type.A, answers);
    assertEquals(List.of(answers.getFirst()), chain.records());
    assertEquals("c.test.", chain.end());
    assertEquals(30, chain.ttlSeconds());
  }

  @Test
  void recordsOfOthersAreNotBelieved() throws Exception {
    Chain chain =
        Chain.of(
            "a.test.", Type.A, List.of(a("bank.test.", "192.0.2.66"), a("a.test.", "192.0.2.1")));
    assertEquals(1, chain.records().size());
    assertEquals("a.test.", chain.end());
  }

  @Test
  void aCircleEnds() {
    List<ResourceRecord> circle = List.of(cname("a.", "b."), cname("b.", "a."));
    LookupFailure failure = assertThrows(LookupFailure.class, () -> Chain.of("a.", Type.A, circle));
    assertEquals(LookupFailure.Kind.PERMANENT, failure.kind());
  }

  @Test
  void sixteenAliasesAreFollowed() throws Exception {
    List<ResourceRecord> all = new ArrayList<>();
    for (int i = 0; i < Chain.MAX_ALIASES; i++) {
      all.add(cname(i + ".", (i + 1) + "."));
    }
    all.add(a("16.", "192.0.2.1"));
    assertEquals(1, Chain.of("0.", Type.A, all).records().size());
    all.add(cname("start.", "0."));
    assertThrows(LookupFailure.class, () -> Chain.of("start.", Type.A, all));
  }
}
