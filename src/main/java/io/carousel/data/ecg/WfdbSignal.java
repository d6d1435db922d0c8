package io.carousel.data.ecg;

import java.util.OptionalInt;

/**
 * What a WFDB header says about one signal.
 *
 * @param fileName the signal file, in the folder of the header
 * @param format how the samples are stored
 * @param byteOffset bytes before the first sample of the file
 * @param adcGain ADC units per physical unit; 200 where the header gives none
 * @param baseline the sample that stands for zero physical units; the ADC zero where not given
 * @param units the physical unit; mV where the header gives none
 * @param adcResolutionBits bits of the converter; 12 where the header gives none
 * @param adcZero the sample in the middle of the converter's range; 0 where not given
 * @param initialValue the first sample, where given
 * @param checksum sum of all samples modulo 2¹⁶, as a signed 16-bit number, where given
 * @param description the lead, for an electrocardiogram
 */
public record WfdbSignal(
    String fileName,
    SampleFormat format,
    long byteOffset,
    double adcGain,
    int baseline,
    String units,
    int adcResolutionBits,
    int adcZero,
    OptionalInt initialValue,
    OptionalInt checksum,
    String description) {}
