package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.ForkedJvm;
import io.carousel.device.BundledLibrary;
import io.carousel.device.DeviceException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading kernels, in processes of their own. */
class NativeLibraryTest {
  @TempDir private Path folder;

  /** Loads the libraries that its arguments name, and prints what came of it. */
  static final class Program {
    private Program() {}

    public static void main(String[] names) {
      for (String name : names) {
        try {
          NativeLibrary.load(name);
          System.out.println(NativeCalls.abi() + " " + NativeCalls.toolkit());
        } catch (IllegalStateException | DeviceException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  void kernelsLoadWithoutAGpu() throws Exception {
    KernelBuild build = KernelBuild.find();
    assumeTrue(build != null, "built without nvcc");
    String[] parts = build.toolkit().split("\\.", -1);
    int toolkit = Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]) * 10;
    assertEquals(
        NativeLibrary.ABI + " " + toolkit + "\n",
        ForkedJvm.run(folder, Program.class, NativeLibrary.CUDA));
  }

  @Test
  void oneKernelLibraryAProcess() throws Exception {
    assumeTrue(BundledLibrary.isThere("carousel_emulation"), "built without natives");
    assertEquals(
        """
        %1$d 0
        this process runs the kernels of carousel_emulation already, so carousel_cuda cannot be loaded too
        %1$d 0
        """
            .formatted(NativeLibrary.ABI),
        ForkedJvm.run(
            folder, Program.class, "carousel_emulation", "carousel_cuda", "carousel_emulation"));
  }

  @Test
  void aLibraryThatWasNotBuiltIsNamed() throws Exception {
    String printed = ForkedJvm.run(folder, Program.class, "carousel_nothing");
    assertEquals(
        "this build of Carousel has no library carousel_nothing: it was built with"
            + " -Dcarousel.natives=off or without the tools for it; build it with cmake and g++ on"
            + " Linux x86-64 (mvn package; for CUDA see docs/cuda-setup.md)\n",
        printed);
  }

  @Test
  void theLinkersWordsGetARemedy() {
    UnsatisfiedLinkError noexec =
        new UnsatisfiedLinkError(
            "/tmp/x.so: failed to map segment from shared object: Operation not permitted");
    assertTrue(BundledLibrary.explain(noexec).contains("is mounted noexec: choose another with"));
    UnsatisfiedLinkError glibc =
        new UnsatisfiedLinkError("/lib/libc.so.6: version `GLIBC_2.38' not found");
    assertTrue(BundledLibrary.explain(glibc).contains("build Carousel here"));
    assertEquals("odd", BundledLibrary.explain(new UnsatisfiedLinkError("odd")));
  }
}
