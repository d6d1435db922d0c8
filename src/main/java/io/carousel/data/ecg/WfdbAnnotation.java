package io.carousel.data.ecg;

import java.util.Optional;

/**
 * One entry of a WFDB annotation file: a beat, a change of rhythm or signal quality, a comment.
 *
 * @param sample where it belongs, in samples from the beginning of the record
 * @param code what it is, 1 to 49 (the WFDB library's ecgcodes)
 * @param subtype meaning depends on the code, 0 unless given
 * @param channel the signal it was seen in, 0 unless given
 * @param number meaning depends on the annotator, 0 unless given
 * @param text the auxiliary text, for instance {@code "(AFIB"} on a rhythm change; often empty
 */
public record WfdbAnnotation(
    long sample, int code, int subtype, int channel, int number, String text) {
  /** Symbol per code as WFDB's tools print it; a blank where the code has no standard meaning. */
  private static final String SYMBOLS = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

  private static final String BEATS = "NLRBAaJSVrFejnE/fQ?";

  /**
   * The symbol that WFDB's tools print: {@code "N"}, {@code "V"}, or {@code "[42]"} for code 42.
   */
  public String symbol() {
    boolean known = code < SYMBOLS.length() && SYMBOLS.charAt(code) != ' ';
    return known ? SYMBOLS.substring(code, code + 1) : "[" + code + "]";
  }

  /** Whether this marks a heartbeat (a QRS complex). */
  public boolean isBeat() {
    return symbol().length() == 1 && BEATS.contains(symbol());
  }

  /** The AAMI class of a beat; empty for other annotations and for beats without a class. */
  public Optional<AamiClass> aamiClass() {
    return AamiClass.ofSymbol(symbol());
  }
}
