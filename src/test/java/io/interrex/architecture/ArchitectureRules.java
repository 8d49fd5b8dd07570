package io.interrex.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;

/**
 * States the dependency rule and the purity of the decision core. The build's own rule (the enforcer) stops a module from
 * being reached; these rules stop what a module on the class path must not do.
 */
final class ArchitectureRules {
    static final String CLUSTER = "io.interrex.cluster..";
    static final String PERSISTENCE = "io.interrex.persistence..";
    static final String ACTORS = "io.interrex.actors..";
    static final String HTTP = "io.interrex.http..";

    /** Plain values and functions. An allow list: a new package of the JDK is impure until somebody says otherwise. */
    private static final String[] PURE_PACKAGES = {
        "java.lang",
        "java.lang.annotation",
        "java.lang.invoke",
        "java.lang.runtime",
        "java.util",
        "java.util.function",
        "java.util.regex",
        "java.util.stream",
        "java.math",
        "java.text",
        "java.time",
        "java.time.format",
        "java.time.temporal",
        "java.nio.charset",
        "org.jspecify.annotations",
    };

    /**
     * Values in packages that are otherwise impure: a path is a name, a digest is a function, a stage is a port's promise, and what a
     * record consists of is its shape.
     */
    private static final Set<String> PURE_CLASSES = Set.of(
            "java.lang.reflect.Field",
            "java.lang.reflect.InvocationTargetException",
            "java.lang.reflect.Method",
            "java.lang.reflect.RecordComponent",
            "java.nio.file.Path",
            "java.security.MessageDigest",
            "java.security.NoSuchAlgorithmException",
            "java.util.concurrent.CompletionStage");

    private static final Set<String> IMPURE_CLASSES = Set.of(
            "java.lang.InheritableThreadLocal",
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.ProcessHandle",
            "java.lang.Runtime",
            "java.lang.ScopedValue",
            "java.lang.StackWalker",
            "java.lang.System",
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.time.Clock",
            "java.util.Random",
            "java.util.Scanner",
            "java.util.ServiceLoader",
            "java.util.SplittableRandom",
            "java.util.Timer",
            "java.util.TimerTask");

    private static final Set<String> IMPURE_METHODS = Set.of("java.lang.Math.random", "java.util.UUID.randomUUID");

    private ArchitectureRules() {}

    static List<ArchRule> all() {
        return List.of(
                clusterKnowsNoOne(),
                clusterIsPure(),
                clusterReadsNoClockAndNoDice(),
                onlyPortsPromise(),
                knowsOnlyClusterAndItself(PERSISTENCE),
                knowsOnlyClusterAndItself(ACTORS),
                knowsOnlyClusterAndItself(HTTP));
    }

    static ArchRule clusterKnowsNoOne() {
        return classes()
                .that()
                .resideInAPackage(CLUSTER)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(CLUSTER, "java..", "org.jspecify..")
                .as("cluster knows only itself, the JDK and JSpecify");
    }

    static ArchRule clusterIsPure() {
        DescribedPredicate<JavaClass> pure = resideInAnyPackage(PURE_PACKAGES)
                .or(nameIn(PURE_CLASSES))
                .and(not(nameIn(IMPURE_CLASSES)))
                .or(resideInAPackage("io.interrex.."));
        return noClasses()
                .that()
                .resideInAPackage(CLUSTER)
                .should()
                .dependOnClassesThat(not(pure))
                .as("cluster has no clock, dice, thread, logger, file or socket");
    }

    static ArchRule clusterReadsNoClockAndNoDice() {
        return noClasses()
                .that()
                .resideInAPackage(CLUSTER)
                .should()
                .accessTargetWhere(describe("reads a clock or throws dice", ArchitectureRules::readsClockOrDice))
                .as("time, ids and randomness reach cluster inside a command");
    }

    static ArchRule onlyPortsPromise() {
        return noClasses()
                .that()
                .resideInAPackage(CLUSTER)
                .and()
                .resideOutsideOfPackage("io.interrex.cluster.port..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .as("only the ports of cluster return a CompletionStage");
    }

    private static ArchRule knowsOnlyClusterAndItself(String module) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("io.interrex..").and(not(resideInAnyPackage(module, CLUSTER))))
                .as(module + " knows only cluster and itself");
    }

    private static boolean readsClockOrDice(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        String name = access.getTarget().getName();
        return (owner.startsWith("java.time.") && name.equals("now")) || IMPURE_METHODS.contains(owner + "." + name);
    }

    /** The outermost class counts: System.Logger is as impure as System. */
    private static DescribedPredicate<JavaClass> nameIn(Set<String> names) {
        return describe("one of " + names, candidate -> {
            String name = candidate.getBaseComponentType().getFullName();
            int nested = name.indexOf('$');
            return names.contains(nested < 0 ? name : name.substring(0, nested));
        });
    }
}
