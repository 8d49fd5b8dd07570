package io.interrex.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Judges what a story printed, chapter by chapter: a chapter that this machine could not show is skipped, with the reason,
 * and proves nothing; everything else has to have been played to its end without a lost row.
 */
final class ToldStory {

    private static final String NOT_SHOWN = "cannot be shown here: ";

    private final int exitCode;
    private final String told;
    private final Map<String, String> chapters = new LinkedHashMap<>();

    ToldStory(int exitCode, String told) {
        this.exitCode = exitCode;
        this.told = told;
        for (String part : List.of(told.split("(?m)^== \\d+\\. "))) {
            int end = part.indexOf(" ==\n");
            if (end > 0) {
                chapters.put(part.substring(0, end), part.substring(end + 4));
            }
        }
    }

    /** Aborts where it was not shown. */
    void judge(FaultKind fault) {
        String chapter = chapters.get(fault.title());
        Assertions.assertNotNull(chapter, () -> fault.title() + " was not told of:\n" + told);
        int skipped = chapter.indexOf(NOT_SHOWN);
        Assumptions.assumeTrue(
                skipped < 0,
                () -> "'" + fault.title() + "' cannot be shown on this machine: "
                        + line(chapter, skipped + NOT_SHOWN.length()));
        Assertions.assertTrue(chapter.contains("rows lost: 0 of "), () -> fault.title() + " has no good end:\n" + told);
    }

    /** Of the whole: exit code 3 is for what could not be shown, and never for everything. */
    void judge() {
        boolean someLeftOut = chapters.values().stream().anyMatch(chapter -> chapter.contains(NOT_SHOWN));
        boolean allLeftOut = chapters.values().stream().allMatch(chapter -> chapter.contains(NOT_SHOWN));
        Assertions.assertFalse(allLeftOut, () -> "nothing was shown:\n" + told);
        Assertions.assertEquals(someLeftOut ? Verdict.NOT_SHOWN : Verdict.KEPT, exitCode, told);
    }

    private static String line(String text, int from) {
        return text.substring(from).lines().findFirst().orElse("");
    }
}
