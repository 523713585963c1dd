package gonet.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void commasStandBetweenMembersAndElements() {
    Json json = new Json().begin('{').name("a").value(1).name("b").begin('[').value(2).value("x");
    json.begin('{').end('}').begin('[').end(']').end(']').name("c").value((String) null);
    assertEquals("{\"a\":1,\"b\":[2,\"x\",{},[]],\"c\":null,\"d\":0.5}", end(json));
  }

  private static String end(Json json) {
    return json.name("d").value(0.5).end('}').toString();
  }

  @Test
  void whatCouldEndAStringOrALineIsEscaped() {
    assertEquals(
        "\"\\\"\\\\\\n\\u0000\\u001b\\u2028\\ud83d\u00e4</\"",
        new Json().value("\"\\\n\0\u001b\u2028\ud83d\u00e4</").toString());
  }
}
