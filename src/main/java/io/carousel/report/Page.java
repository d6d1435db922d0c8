package io.carousel.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The document around a report's content: everything inline, and a content security policy that
 * names the SHA-256 of each style and script and allows nothing else, least of all a request.
 */
final class Page {
  private final List<String> styles =
      List.of(Resources.uPlot("dist/uPlot.min.css"), Resources.own("report.css"));
  private final List<String> scripts =
      List.of(
          uPlot(),
          Resources.own("axes.js"),
          Resources.own("annotations.js"),
          Resources.own("charts.js"));

  /** The whole document with {@code body} as the content of its main element. */
  String render(String title, Consumer<HtmlWriter> body) {
    HtmlWriter html = new HtmlWriter();
    html.start("html", "lang", "en").start("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy());
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", title);
    // an empty icon keeps browsers from asking a server for one
    html.empty("link", "rel", "icon", "href", "data:,");
    styles.forEach(style -> html.verbatim("style", style));
    html.end().start("body").start("main");
    body.accept(html);
    html.end();
    html.element(
        "footer",
        "Charts drawn by uPlot "
            + Resources.uPlotVersion()
            + ", © Leon Sorokin, MIT licence (its text is in this file's source).");
    scripts.forEach(script -> html.verbatim("script", script));
    html.end().end();
    return "<!DOCTYPE html>\n" + html;
  }

  private String policy() {
    return "default-src 'none'; img-src data:; style-src "
        + hashes(styles)
        + "; script-src "
        + hashes(scripts)
        + "; base-uri 'none'; form-action 'none'";
  }

  private static String uPlot() {
    return "/*!\n"
        + Resources.uPlot("LICENSE")
        + "\n*/\n"
        + Resources.uPlot("dist/uPlot.iife.min.js");
  }

  private static String hashes(List<String> texts) {
    return texts.stream().map(Page::hash).collect(Collectors.joining(" "));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
