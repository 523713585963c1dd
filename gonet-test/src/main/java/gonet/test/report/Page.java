package gonet.test.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A page that needs nothing but itself: no script, no picture, no font from elsewhere. */
public final class Page {
  private Page() {}

  /** A whole page. The header and the contents are HTML, the title is text. */
  public static String of(String title, String header, String contents) {
    return "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'/>\n"
        + "<meta name='viewport' content='width=device-width, initial-scale=1'/>\n<title>"
        + Svg.escape(title)
        + "</title>\n<style>\n"
        + style()
        + "</style></head><body>\n<header><h1>"
        + Svg.escape(title)
        + "</h1>\n"
        + header
        + "</header>\n<main>\n"
        + contents
        + "</main></body></html>\n";
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("page.css")) {
      if (in == null) {
        throw new IllegalStateException("page.css is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
