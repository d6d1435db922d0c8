package io.carousel.device;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summarizingLong;

import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Books the open buffers of one device: budget, peak, leak report. Thread-safe; every device has
 * one.
 */
public final class BufferLedger {
  private static final boolean STACKS = "full".equals(System.getProperty("carousel.leaks"));

  private final String deviceName;
  private final long budgetBytes;
  private final Map<DeviceBuffer, Entry> open =
      Collections.synchronizedMap(new IdentityHashMap<>());
  private long bytes;
  private long peakBytes;
  private long allocations;

  private record Entry(long bytes, String owner, @Nullable Throwable stack) {}

  /**
   * An empty ledger.
   *
   * @param deviceName named in messages
   * @param budgetBytes most bytes in open buffers, 0 for no limit
   */
  public BufferLedger(String deviceName, long budgetBytes) {
    this.deviceName = deviceName;
    this.budgetBytes = budgetBytes;
  }

  /**
   * Books bytes before they are allocated.
   *
   * @throws DeviceOutOfMemoryException when they exceed the budget
   */
  public synchronized void reserve(long request, String owner) {
    if (budgetBytes > 0 && bytes + request > budgetBytes) {
      throw outOfMemory(request, owner);
    }
    bytes += request;
    allocations++;
  }

  /** Takes back a reservation whose allocation failed. */
  public synchronized void cancel(long request) {
    bytes -= request;
    allocations--;
  }

  /** Enters the buffer that a reservation was made for. */
  public synchronized void opened(DeviceBuffer buffer) {
    peakBytes = Math.max(peakBytes, bytes);
    Throwable stack = STACKS ? new Throwable("allocated here") : null;
    open.put(buffer, new Entry(buffer.size() * buffer.type().bytes(), buffer.owner(), stack));
  }

  /** Strikes a buffer out. */
  public synchronized void closed(DeviceBuffer buffer) {
    Entry entry = open.remove(buffer);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  /** The exception for a request that cannot be met, with budget, use and the largest owners. */
  public synchronized DeviceOutOfMemoryException outOfMemory(long request, String owner) {
    return new DeviceOutOfMemoryException(
        "device %s: %d bytes for '%s' cannot be had; %s, %d in use; largest owners: %s"
            .formatted(
                deviceName,
                request,
                owner,
                budgetBytes > 0 ? "budget " + budgetBytes : "no budget set",
                bytes,
                largestOwners()));
  }

  private String largestOwners() {
    synchronized (open) {
      List<String> lines =
          open.values().stream()
              .sorted(Comparator.comparingLong(Entry::bytes).reversed())
              .limit(5)
              .map(e -> e.owner + " (" + e.bytes + ")")
              .toList();
      return lines.isEmpty() ? "none" : String.join(", ", lines);
    }
  }

  /** Bytes in open buffers. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Most bytes that were ever in open buffers. */
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /** Number of allocations so far. */
  public synchronized long allocations() {
    return allocations;
  }

  /**
   * Checks at the end that nothing is open.
   *
   * @throws IllegalStateException with the list of open buffers
   */
  public void requireEmpty() {
    synchronized (open) {
      if (open.isEmpty()) {
        return;
      }
      StringBuilder report = new StringBuilder();
      report.append("device ").append(deviceName).append(" closed with open buffers:");
      IllegalStateException failure;
      Map<String, LongSummaryStatistics> owners =
          open.values().stream()
              .collect(groupingBy(Entry::owner, TreeMap::new, summarizingLong(Entry::bytes)));
      owners.forEach(
          (owner, sizes) -> {
            report.append("\n  ").append(owner).append(", ");
            if (sizes.getCount() > 1) {
              report.append(sizes.getCount()).append(" times, ");
            }
            report.append(sizes.getSum()).append(" bytes");
          });
      if (!STACKS) {
        report.append("\n  (-Dcarousel.leaks=full shows where they were allocated)");
      }
      failure = new IllegalStateException(report.toString());
      open.values().forEach(e -> addStack(failure, e));
      throw failure;
    }
  }

  private static void addStack(IllegalStateException failure, Entry entry) {
    if (entry.stack != null) {
      failure.addSuppressed(entry.stack);
    }
  }
}
