package io.carousel.task.ecg.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A lead that can be replayed.
 *
 * @param id names it in requests
 * @param name says what it is
 * @param millivolts all samples
 * @param samplingRateHz samples per second
 */
@SuppressWarnings("ArrayRecordComponent")
record ReplayRecord(String id, String name, float[] millivolts, double samplingRateHz) {
  /** What the page is told of it. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    return json.put("id", id).put("name", name).put("samples", millivolts.length);
  }
}
