package peers;

import java.util.Map;

/**
 * Computes nothing: a step copies the input and gives it back, so that its time is what the harness
 * itself adds to each figure.
 */
public final class NothingRunner implements Runner {
  private float[] from = {};
  private float[] to = {};

  @Override
  public String version() {
    return "nothing: the harness's own share of a step";
  }

  @Override
  public void threads(int n) {}

  @Override
  public String unsupported(Workload w) {
    return w.stream() ? null : "streaming only";
  }

  @Override
  public void setup(Data data) {
    from = data.x;
    to = new float[data.x.length];
  }

  @Override
  public double step() {
    System.arraycopy(from, 0, to, 0, to.length);
    return to[0];
  }

  @Override
  public Map<String, float[]> inspect() {
    return Map.of();
  }

  @Override
  public void teardown() {
    from = new float[0];
    to = new float[0];
  }
}
