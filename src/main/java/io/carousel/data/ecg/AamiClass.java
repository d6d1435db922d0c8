package io.carousel.data.ecg;

import java.util.Optional;

/**
 * The five classes of heartbeats of ANSI/AAMI EC57, with the WFDB beat symbols that belong to each.
 */
public enum AamiClass {
  /** Normal and bundle branch block beats, atrial and nodal escape beats. */
  N("NLRej"),
  /** Supraventricular ectopic beats. */
  S("AaJS"),
  /** Ventricular ectopic beats. */
  V("VE"),
  /** Fusion of a ventricular and a normal beat. */
  F("F"),
  /** Paced beats, fusion of paced and normal beats, unclassifiable beats. */
  Q("/fQ");

  private final String symbols;

  AamiClass(String symbols) {
    this.symbols = symbols;
  }

  /** The class of the beats that WFDB writes as {@code symbol}; empty where there is none. */
  public static Optional<AamiClass> ofSymbol(String symbol) {
    if (symbol.length() == 1) {
      for (AamiClass aamiClass : values()) {
        if (aamiClass.symbols.contains(symbol)) {
          return Optional.of(aamiClass);
        }
      }
    }
    return Optional.empty();
  }
}
