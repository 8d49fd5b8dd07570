package io.interrex.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.interrex.architecture.SourceTree.Source;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Finds what breaks the style of the house. Each method returns one sentence per place, with the path, and none if all is well. */
final class StyleRules {
    static final int JAVA_LINES_MAX = 400;
    static final int C_LINES_MAX = 500;
    static final int METHOD_LINES_MAX = 60;

    private static final Set<String> TOP_LEVEL = Set.of(
            "cluster", "actors", "persistence", "http", "deploy", "src", "README.md", "pom.xml", "LICENSE", "target");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern MODULE = Pattern.compile("^(?:(\\w+)/)?src/(main|test)/java/(.*)/[^/]+\\.java$");

    /** A word that may not be written, where, and why. */
    record Forbidden(Pattern path, Pattern text, String why) {
        static Forbidden parse(String line) {
            String[] parts = line.split(" \\| ", 3);
            return new Forbidden(Pattern.compile(parts[0]), Pattern.compile(parts[1]), parts[2]);
        }
    }

    private StyleRules() {}

    /** The top level is given: modules, README.md, pom.xml, LICENSE and dot-files. */
    static List<String> strangersAtTheTop(SourceTree tree) {
        return tree.topLevel().stream()
                .filter(name -> !name.startsWith(".") && !TOP_LEVEL.contains(name))
                .map(name -> name + ": does not belong to the top level; it has " + TOP_LEVEL + " and dot-files")
                .toList();
    }

    static List<String> longFiles(SourceTree tree) {
        List<String> found = new ArrayList<>();
        for (Source source : tree.files(".java", ".c", ".h", ".sh")) {
            int most = source.path().endsWith(".java") ? JAVA_LINES_MAX : C_LINES_MAX;
            int lines = source.lines().size();
            if (lines > most) {
                found.add(
                        "%s: %d lines, at most %d; split it by what it decides".formatted(source.path(), lines, most));
            }
        }
        return found;
    }

    static List<String> longMethods(SourceTree tree) throws IOException {
        return scan(tree, LongMethods::new);
    }

    /** Who waits looks again: a wait that stands in no loop is a sleep. */
    static List<String> sleeps(SourceTree tree) throws IOException {
        return scan(tree, Sleeps::new);
    }

    private static List<String> scan(
            SourceTree tree, BiFunction<CompilationUnitTree, SourcePositions, TreeScanner<?, List<String>>> scanner)
            throws IOException {
        List<Source> sources = tree.files(".java");
        var compiler = ToolProvider.getSystemJavaCompiler();
        var files = sources.stream().map(InMemory::new).toList();
        JavacTask task = (JavacTask) compiler.getTask(null, null, problem -> {}, List.of("-proc:none"), null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<String> found = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            scanner.apply(unit, positions).scan(unit, found);
        }
        return found;
    }

    /** Every package says once per module, in a package-info.java, that its references are not null. */
    static List<String> packagesThatMayBeNull(SourceTree tree) {
        Map<String, String> packages = new HashMap<>();
        Set<String> marked = new HashSet<>();
        for (Source source : tree.files(".java")) {
            Matcher module = MODULE.matcher(source.path());
            Matcher name = PACKAGE.matcher(source.text());
            if (!module.find() || !name.find()) {
                continue;
            }
            String key = module.group(1) + ":" + name.group(1);
            packages.putIfAbsent(key, source.path());
            if (source.path().endsWith("/package-info.java") && source.text().contains("@NullMarked")) {
                marked.add(key);
            }
        }
        return packages.entrySet().stream()
                .filter(entry -> !marked.contains(entry.getKey()))
                .map(entry -> entry.getValue() + ": its package has no package-info.java with @NullMarked")
                .sorted()
                .toList();
    }

    /** The package-info.java of a package of the program says in its first sentence what the package decides or does. */
    static List<String> packagesWithoutPurpose(SourceTree tree) {
        return tree.files("/package-info.java").stream()
                .filter(source -> source.path().contains("src/main/java/")
                        && !source.text().startsWith("/**"))
                .map(source -> source.path() + ": does not say what the package decides or does")
                .toList();
    }

    /** The folder of a module and the name of a package say the same: cluster/ holds io.interrex.cluster and nothing else. */
    static List<String> packagesOfAnotherModule(SourceTree tree) {
        List<String> found = new ArrayList<>();
        Set<String> modules = Set.of("cluster", "persistence", "actors", "http");
        for (Source source : tree.files(".java")) {
            Matcher module = MODULE.matcher(source.path());
            if (!module.find()) {
                found.add(source.path() + ": Java sources lie in MODULE/src/main/java or MODULE/src/test/java");
                continue;
            }
            Path folders = Path.of(module.group(3));
            String third = folders.getNameCount() > 2 ? folders.getName(2).toString() : "";
            boolean fits = module.group(1) == null ? !modules.contains(third) : third.equals(module.group(1));
            if (!fits || !folders.startsWith("io/interrex")) {
                found.add(source.path() + ": the package belongs to another module");
            }
        }
        return found;
    }

    static List<String> forbiddenWords(SourceTree tree, List<Forbidden> words) {
        List<String> found = new ArrayList<>();
        for (Source source : tree.files(".java", ".c", ".h", ".sh", ".xml", ".conf")) {
            for (Forbidden word : words) {
                if (!word.path().matcher(source.path()).matches()) {
                    continue;
                }
                Matcher matcher = word.text().matcher(source.text());
                while (matcher.find()) {
                    found.add("%s:%d: '%s': %s"
                            .formatted(source.path(), source.lineOf(matcher.start()), matcher.group(), word.why()));
                }
            }
        }
        return found;
    }

    private static final class LongMethods extends TreeScanner<Object, List<String>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        LongMethods(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Object visitMethod(MethodTree method, List<String> found) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            if (last - first >= METHOD_LINES_MAX) {
                String path = unit.getSourceFile().getName().substring(1);
                found.add("%s:%d: method %s has %d lines, at most %d"
                        .formatted(path, first, method.getName(), last - first + 1, METHOD_LINES_MAX));
            }
            return super.visitMethod(method, found);
        }
    }

    private static final class Sleeps extends TreeScanner<@Nullable Object, List<String>> {
        private static final Pattern WAIT =
                Pattern.compile("(?:LockSupport\\.|^)parkNanos$|^new CountDownLatch\\(1\\)\\.await$");

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private int loops;

        Sleeps(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public @Nullable Object visitMethodInvocation(MethodInvocationTree call, List<String> found) {
            boolean waits = WAIT.matcher(call.getMethodSelect().toString()).find()
                    && !call.getArguments().isEmpty();
            if (waits && loops == 0) {
                found.add("%s:%d: a sleep; wait for a condition, with a deadline"
                        .formatted(
                                unit.getSourceFile().getName().substring(1),
                                unit.getLineMap().getLineNumber(positions.getStartPosition(unit, call))));
            }
            return super.visitMethodInvocation(call, found);
        }

        @Override
        public @Nullable Object visitWhileLoop(WhileLoopTree loop, List<String> found) {
            return inLoop(() -> super.visitWhileLoop(loop, found));
        }

        @Override
        public @Nullable Object visitDoWhileLoop(DoWhileLoopTree loop, List<String> found) {
            return inLoop(() -> super.visitDoWhileLoop(loop, found));
        }

        @Override
        public @Nullable Object visitForLoop(ForLoopTree loop, List<String> found) {
            return inLoop(() -> super.visitForLoop(loop, found));
        }

        @Override
        public @Nullable Object visitMethod(MethodTree method, List<String> found) {
            return outsideLoops(() -> super.visitMethod(method, found));
        }

        @Override
        public @Nullable Object visitLambdaExpression(LambdaExpressionTree lambda, List<String> found) {
            return outsideLoops(() -> super.visitLambdaExpression(lambda, found));
        }

        private @Nullable Object inLoop(Supplier<@Nullable Object> scan) {
            loops++;
            Object result = scan.get();
            loops--;
            return result;
        }

        private @Nullable Object outsideLoops(Supplier<@Nullable Object> scan) {
            int around = loops;
            loops = 0;
            Object result = scan.get();
            loops = around;
            return result;
        }
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final Source source;

        InMemory(Source source) {
            super(URI.create("memory:///" + source.path()), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
        }
    }
}
