package io.carousel.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.carousel.report.Report;
import io.carousel.train.Objective;
import java.nio.file.Path;

/** What holds of every task, the next one included. */
@AnalyzeClasses(packages = "io.carousel", importOptions = ImportOption.DoNotIncludeTests.class)
class ObjectivesTest {
  /** Or else {@code --flow} would not work with it. */
  @ArchTest
  static final ArchRule OBJECTIVES_OF_TASKS_NAME_THEIR_STACKS =
      classes()
          .that()
          .implement(Objective.class)
          .and()
          .resideInAnyPackage("io.carousel.task..", "io.carousel.train..")
          .should(
              new ArchCondition<>("declare recurrentStacks()") {
                @Override
                public void check(JavaClass objective, ConditionEvents events) {
                  boolean declares = objective.tryGetMethod("recurrentStacks").isPresent();
                  events.add(
                      new SimpleConditionEvent(
                          objective, declares, objective.getName() + " declares: " + declares));
                }
              });

  /** The run writes it, with what it has to tell itself. */
  @ArchTest
  static final ArchRule TASKS_LEAVE_THEIR_REPORT_TO_THE_RUN =
      noClasses()
          .that()
          .resideInAPackage("io.carousel.task..")
          .and()
          .doNotHaveSimpleName("TrainingRun")
          .should()
          .callMethod(Report.class, "write", Path.class);
}
