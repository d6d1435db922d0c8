"use strict";

/* How numbers and axes are shown: formats, ranges and the splits of logarithmic axes. */
const axes = (() => {
  const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const isPlain = value => !value || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7);

  function format(value, asPower = !isPlain(value)) {
    if (value === 0 || !asPower) return plain.format(value);
    const [digits, exponent] = value.toExponential().split("e");
    const raised = String(Math.abs(exponent)).replace(/\d/g, d => SUPERSCRIPTS[d]);
    const power = "10" + (exponent < 0 ? "⁻" : "") + raised;
    return digits === "1" ? power : Number(Number(digits).toPrecision(4)) + "·" + power;
  }

  /** Room above and below, and the zero line where it is near. */
  function linearRange(min, max) {
    if (min === max) return min === 0 ? [-1, 1] : [min - Math.abs(min) / 2, max + Math.abs(max) / 2];
    const room = 0.08 * (max - min);
    const near = 0.3 * (max - min);
    return [min >= 0 && min < near ? 0 : min - room, max <= 0 && max > -near ? 0 : max + room];
  }

  /** Outwards to one significant digit. */
  function logarithmicRange(min, max) {
    const oneDigit = (value, round) => {
      const exponent = Math.floor(Math.log10(value));
      return Number(round(value / 10 ** exponent) + "e" + exponent);
    };
    const [low, high] = [oneDigit(min, Math.floor), oneDigit(max, Math.ceil)];
    return low < high ? [low, high] : [low / 2, high * 2];
  }

  /** Powers of ten, every few where there are many, with 2 to 9 times them where there are few. */
  function logarithmicSplits(u, index, min, max) {
    const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
    const step = Math.max(1, Math.ceil((last - first) / (u.bbox.height / uPlot.pxRatio / 32)));
    const factors = max / min > 2000 ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const splits = [];
    for (let exponent = first; exponent <= last; exponent += step) {
      splits.push(...factors.map(factor => Number(factor + "e" + exponent)));
    }
    return splits.filter(split => split >= min && split <= max);
  }

  /** Of a logarithmic axis' splits, those with room for a label. */
  function labelled(u, splits) {
    const ratio = splits[splits.length - 1] / splits[0];
    const digits = ratio > 200 ? "1" : ratio > 3 ? "125" : "123456789";
    return splits.map(split => (digits.includes(split.toExponential()[0]) ? split : null));
  }

  return { format, isPlain, linearRange, logarithmicRange, logarithmicSplits, labelled };
})();
