package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.supervision.Watch.Inquiry;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Given a supervisor that asks the voters, and counts by change 1")
final class InquiryTest {

    private static final VoterView OLD_DISK = new VoterView("c", 2, 9000, 0, false, false);
    private static final VoterView VOTER = new VoterView("b", 2, 9000, 0, false, false);

    @Test
    @DisplayName(
            "what a disk that lost its seat answers is not counted, nor what was answered before a change is with what comes after")
    void counted() {
        Inquiry asked = Inquiry.NONE.heard(VOTER, 1, 1);
        assertEquals(List.of(VOTER), asked.heard(OLD_DISK, 0, 1).views());
        assertEquals(List.of(OLD_DISK), asked.recounted().heard(OLD_DISK, 2, 2).views());
    }
}
