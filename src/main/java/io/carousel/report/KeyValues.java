package io.carousel.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Named values in one column each, as for the provenance of a run: data hash, seed, versions. */
public final class KeyValues extends Block {
  private final Map<String, String> entries = new LinkedHashMap<>();

  private KeyValues() {}

  /** No entries yet. */
  public static KeyValues empty() {
    return new KeyValues();
  }

  /** All entries of {@code entries}, in its iteration order. */
  public static KeyValues of(Map<String, ?> entries) {
    KeyValues result = empty();
    entries.forEach(result::add);
    return result;
  }

  /**
   * Adds one entry; {@code value} is shown by its {@code toString()}.
   *
   * @throws IllegalArgumentException where {@code key} is there already
   */
  public KeyValues add(String key, Object value) {
    Objects.requireNonNull(key);
    if (entries.putIfAbsent(key, value.toString()) != null) {
      throw new IllegalArgumentException("the key '" + key + "' is there already");
    }
    return this;
  }

  @Override
  void render(HtmlWriter html) {
    html.start("dl", "class", "entries");
    entries.forEach(
        (key, value) -> {
          html.start("div");
          html.element("dt", key);
          html.element("dd", value);
          html.end();
        });
    html.end();
  }
}
