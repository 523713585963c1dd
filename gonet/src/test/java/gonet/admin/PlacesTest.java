package gonet.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.support.Proves;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who makes room, by the order in which they come and speak. */
@Proves("admin")
class PlacesTest {
  private final List<Conn> all = Stream.generate(() -> Net.pipe().first()).limit(4).toList();
  private final Conn a = all.get(0);
  private final Conn b = all.get(1);
  private final Conn c = all.get(2);
  private final Conn d = all.get(3);

  @AfterEach
  void close() {
    all.forEach(Conn::close);
  }

  @Test
  void whoHasWaitedLongestMakesRoom() {
    Places places = new Places(2);
    assertNull(places.enter(a));
    assertNull(places.enter(b));
    assertEquals(a, places.enter(c));
    assertFalse(places.begin(a));
    places.leave(a);
    assertTrue(places.begin(b));
    assertEquals(c, places.enter(d));
    places.leave(c);
    assertTrue(places.begin(d));
  }

  @Test
  void oneThatIsServedMakesNoRoomAndTheNewOneGoes() {
    Places places = new Places(1);
    assertNull(places.enter(a));
    assertTrue(places.begin(a));
    assertEquals(b, places.enter(b));
    places.leave(b);
    places.leave(a);
    assertNull(places.enter(c));
  }

  @Test
  void whoLeavesWithoutAWordGivesItsPlaceBack() {
    Places places = new Places(1);
    assertNull(places.enter(a));
    places.leave(a);
    assertNull(places.enter(b));
    assertTrue(places.begin(b));
  }

  @Test
  void whoHasItsAnswerMakesRoomBeforeThoseThatWaitForOne() {
    Places places = new Places(3);
    assertNull(places.enter(a));
    assertNull(places.enter(b));
    assertNull(places.enter(c));
    assertTrue(places.begin(c));
    assertTrue(places.linger(c));
    assertTrue(places.begin(b));
    assertTrue(places.linger(b));
    assertEquals(c, places.enter(d));
    assertEquals(b, places.enter(c));
    assertEquals(a, places.enter(b));
  }

  @Test
  void onlyAServedOneLingersAndOnceItHasGoneItsPlaceIsFree() {
    Places places = new Places(1);
    assertNull(places.enter(a));
    assertFalse(places.linger(a));
    assertTrue(places.begin(a));
    assertTrue(places.linger(a));
    assertFalse(places.linger(a));
    places.leave(a);
    assertNull(places.enter(b));
  }
}
