package io.carousel.task;

import java.util.LinkedHashMap;
import java.util.Map;

/** The words in which a task describes its settings, as its report and its model show them. */
public final class SettingsWords {
  private SettingsWords() {}

  /** The same words in the same order, each key with a capital first letter. */
  public static Map<String, String> capitalised(Map<String, String> words) {
    Map<String, String> facts = new LinkedHashMap<>();
    words.forEach(
        (key, value) -> facts.put(Character.toUpperCase(key.charAt(0)) + key.substring(1), value));
    return facts;
  }
}
