package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

@DisplayName("Of a story that was told")
final class ToldStoryTest {

    private static final String KILL =
            "\n== 1. " + FaultKind.KILL.title() + " ==\n  rows lost: %d of 700 acknowledged\n";
    private static final String CUT = "\n== 2. " + FaultKind.CUT.title() + " ==\n  %s\n";
    private static final String PLAYED = "rows lost: 0 of 500 acknowledged";
    private static final String LEFT_OUT = "cannot be shown here: hosts are plain loopback addresses";

    private static String judged(Executable judge) {
        try {
            judge.execute();
            return "passed";
        } catch (TestAbortedException e) {
            return String.valueOf(e.getMessage()).replaceFirst("^Assumption failed: ", "");
        } catch (AssertionFailedError e) {
            return "failed";
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName(
            "a chapter passes that lost nothing, one that lost a row or was not told fails, one that was not shown is skipped")
    void chapters() {
        var story = new ToldStory(3, KILL.formatted(0) + CUT.formatted(LEFT_OUT));
        assertEquals("passed", judged(() -> story.judge(FaultKind.KILL)));
        assertEquals(
                "'" + FaultKind.CUT.title() + "' cannot be shown on this machine: hosts are plain loopback addresses",
                judged(() -> story.judge(FaultKind.CUT)));
        assertEquals("failed", judged(() -> story.judge(FaultKind.HOST)));
        assertEquals("failed", judged(() -> new ToldStory(2, KILL.formatted(1)).judge(FaultKind.KILL)));
    }

    @ParameterizedTest(name = "exit code {0} after ''{1}'' => {2}")
    @CsvSource({
        "0, " + PLAYED + ", passed",
        "2, " + PLAYED + ", failed",
        "3, " + PLAYED + ", failed",
        "3, " + LEFT_OUT + ", passed",
        "2, " + LEFT_OUT + ", failed",
        "0, " + LEFT_OUT + ", failed",
        "1, " + LEFT_OUT + ", failed"
    })
    @DisplayName("the end has to fit what was shown")
    void ends(int exitCode, String cut, String verdict) {
        assertEquals(verdict, judged(() -> new ToldStory(exitCode, KILL.formatted(0) + CUT.formatted(cut)).judge()));
    }

    @Test
    @DisplayName("nothing shown is nothing kept")
    void nothing() {
        assertEquals("failed", judged(() -> new ToldStory(3, CUT.formatted(LEFT_OUT)).judge()));
        assertEquals("failed", judged(() -> new ToldStory(3, "demo: no package").judge()));
    }
}
