package io.carousel.device;

/**
 * Memory or budget of a device is used up; the message gives budget, use and the largest owners.
 */
public class DeviceOutOfMemoryException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /** With a message that gives budget, use and the largest owners. */
  public DeviceOutOfMemoryException(String message) {
    super(message);
  }
}
