package io.carousel.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

/** Imports point down, floor by floor; see ARCHITECTURE.md. */
@AnalyzeClasses(packages = "io.carousel", importOptions = ImportOption.DoNotIncludeTests.class)
class ImportDirectionTest {
  @ArchTest
  static final ArchRule FLOORS =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("cli")
          .definedBy("io.carousel.cli..")
          .layer("task")
          .definedBy("io.carousel.task..")
          .layer("lab")
          .definedBy("io.carousel.lab..")
          .layer("flow")
          .definedBy("io.carousel.flow..")
          .layer("train")
          .definedBy("io.carousel.train..")
          .layer("serve")
          .definedBy("io.carousel.serve..")
          .layer("io")
          .definedBy("io.carousel.io..")
          .layer("rnn, optim")
          .definedBy("io.carousel.rnn..", "io.carousel.optim..")
          .layer("nn, data")
          .definedBy("io.carousel.nn..", "io.carousel.data..")
          .layer("device")
          .definedBy("io.carousel.device..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("task")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("lab")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("flow")
          .mayOnlyBeAccessedByLayers("cli", "lab", "task")
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("cli", "lab", "task", "flow")
          .whereLayer("serve")
          .mayOnlyBeAccessedByLayers("cli", "task")
          .whereLayer("io")
          .mayOnlyBeAccessedByLayers("cli", "lab", "task", "flow", "train", "serve")
          .whereLayer("rnn, optim")
          .mayOnlyBeAccessedByLayers("cli", "lab", "task", "flow", "train", "serve", "io")
          .whereLayer("nn, data")
          .mayOnlyBeAccessedByLayers(
              "cli", "lab", "task", "flow", "train", "serve", "io", "rnn, optim");

  @ArchTest
  static final ArchRule NO_CIRCLES =
      slices().matching("io.carousel.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule REPORT_STANDS_ON_THE_GROUND =
      noClasses()
          .that()
          .resideInAPackage("io.carousel.report..")
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.base.DescribedPredicate.describe(
                  "are of another package of Carousel",
                  c ->
                      c.getPackageName().startsWith("io.carousel.")
                          && !c.getPackageName().startsWith("io.carousel.report")));

  @ArchTest
  static final ArchRule DEVICES_ARE_FOUND_NOT_NAMED =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.device..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.carousel.device.cpu..",
              "io.carousel.device.reference..",
              "io.carousel.device.cuda..");

  @ArchTest
  static final ArchRule DEVICES_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("io.carousel.device.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              resideInAPackage("io.carousel.device.[cpu|cuda|reference].."),
              resideInAPackage("io.carousel.device.pass"));

  /** Neither devices nor what their plans have in common. */
  @ArchTest
  static final ArchRule THE_CONTRACT_OF_DEVICES_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAPackage("io.carousel.device")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.carousel.device.*..");

  @ArchTest
  static final ArchRule PICOCLI_ONLY_IN_CLI =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "me.tongfei..", "org.slf4j.simple..");

  @ArchTest
  static final ArchRule NATIVE_LIBRARIES_ONLY_IN_THEIR_DEVICE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.device.cpu..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bytedeco..", "com.sun.jna..");

  @ArchTest
  static final ArchRule OPTIONAL_LIBRARIES_ONLY_WHERE_THEY_ARE_EXPECTED =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.carousel.serve.http..", "io.carousel.serve.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.eclipse.jetty..", "io.micrometer..", "io.prometheus..");

  @ArchTest
  static final ArchRule ONNX_FILES_ONLY_IN_THEIR_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.io.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx..", "com.google.protobuf..", "org.tribuo..");

  @ArchTest
  static final ArchRule CUDA_ONLY_IN_ITS_DEVICE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.device.cuda..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jcuda..");

  @ArchTest
  static final ArchRule OUR_OWN_LIBRARIES_ARE_UNPACKED_IN_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.carousel.device.BundledLibrary")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.scijava.nativelib..");

  @ArchTest
  static final ArchRule LIBRARIES_ARE_LOADED_IN_TWO_PLACES =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.carousel.device.BundledLibrary") // our own
          .and()
          .doNotHaveFullyQualifiedName("io.carousel.device.cuda.CublasLibrary") // the system's
          .should()
          .callMethod(System.class, "load", String.class)
          .orShould()
          .callMethod(System.class, "loadLibrary", String.class);

  /** Of these only the runtime knows a real GPU; all else runs on the emulated one, too. */
  @ArchTest
  static final ArchRule THE_DEVICE_DOES_NOT_KNOW_JCUDA =
      noClasses()
          .that()
          .haveNameMatching("io\\.carousel\\.device\\.cuda\\.Cuda(Device|Queue|Buffer|Graph).*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jcuda..");

  @ArchTest
  static final ArchRule LIBRARY_CODE_DOES_NOT_PRINT =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.carousel.cli..")
          .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS);
}
