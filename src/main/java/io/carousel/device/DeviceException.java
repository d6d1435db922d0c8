package io.carousel.device;

/** A device refused or failed an operation. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that names device, operation and code. */
  public DeviceException(String message) {
    super(message);
  }

  /** With a message and what caused it. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
