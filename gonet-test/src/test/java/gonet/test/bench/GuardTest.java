package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final List<Rival> LANES =
      Stream.of("gonet-carrier", "earlier-carrier", "gonet-shared", "earlier-shared")
          .map(name -> new Rival(name, Set.of("echo"), mode -> List.of(), "", false))
          .toList();

  private final List<Case> cases = Guard.cases(Cases.all(2, false));
  private final Results results = new Results(cases, LANES);

  private void round(double... values) {
    for (Case which : cases) {
      for (int i = 0; i < values.length; i++) {
        LoadResult run = new LoadResult(1, 1, 1, 1, 1, 0, new Histogram(3));
        results.add(which, LANES.get(i), new Sample(values[i], run));
      }
    }
  }

  @Test
  void theCasesAreThoseThatTellMostInAShortTime() {
    assertEquals(List.of("P1", "P4", "P10", "P14/paced"), cases.stream().map(Case::name).toList());
  }

  @Test
  void aVersionAsFastAsTheEarlierOneIsNotSlower() {
    round(10.2, 10, 20.5, 20);
    assertTrue(Guard.isMet(results, cases));
  }

  @Test
  void eachLaneIsJudgedByItself() {
    round(9, 10, 20.7, 20);
    assertFalse(Guard.isMet(results, cases));
  }

  @Test
  void aDisturbedRoundBlamesNobodyOnceAQuietOneWasSeen() {
    round(15, 10, 30, 20);
    assertFalse(Guard.isMet(results, cases));
    round(10, 12, 20, 25);
    assertTrue(Guard.isMet(results, cases));
  }

  @Test
  void aLaneThatWasNotMeasuredIsNoProof() {
    round(10, 10, 20);
    assertFalse(Guard.isMet(results, cases));
  }
}
