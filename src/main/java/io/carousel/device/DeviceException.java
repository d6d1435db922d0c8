package io.carousel.device;

/** A device refused or failed an operation. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final int code;
  private final String codeName;

  /** With a message that names device, operation and code. */
  public DeviceException(String message) {
    super(message);
    operation = "";
    code = 0;
    codeName = "";
  }

  /** With a message and what caused it. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
    operation = "";
    code = 0;
    codeName = "";
  }

  /**
   * For a failure that the hardware's library reported under a code.
   *
   * @param message names operation and code, too
   * @param operation what was called
   * @param code the library's code
   * @param codeName its name, such as {@code cudaErrorIllegalAddress}
   */
  public DeviceException(String message, String operation, int code, String codeName) {
    super(message);
    this.operation = operation;
    this.code = code;
    this.codeName = codeName;
  }

  /** What was called when a code came back, empty where there is no code. */
  public String operation() {
    return operation;
  }

  /** The code of the hardware's library, 0 where there is none. */
  public int code() {
    return code;
  }

  /** The name of the code, empty where there is none. */
  public String codeName() {
    return codeName;
  }
}
