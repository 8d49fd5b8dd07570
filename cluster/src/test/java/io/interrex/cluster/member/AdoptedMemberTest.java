package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;

import io.interrex.cluster.group.AdoptedGroupTest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("In a group that begins with the existing database of a")
final class AdoptedMemberTest {

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=1 role=NONE@0 STOPPED                             | save role=PRIMARY@1
        me=a max=1 role=PRIMARY@1 STOPPED                          | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=1                  | StartPrimary none; lease 1 armed
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1             | WriteMarker 1 1; lease 1 armed
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1 marked=1:10 | ReportEstablished; lease 1 armed
        me=a max=1 role=PRIMARY@1 ABSENT lease=1                   | wait
        me=a max=1 role=PRIMARY@1 INCOMPLETE lease=1               | wait
        me=b max=1 role=NONE@0 STOPPED                             | wait
        me=b max=1 role=NONE@0 ABSENT                              | wait
        """)
    @DisplayName(
            "a starts it with the lease, and makes none in its place where it is gone; nobody else starts or makes one")
    void first(String situation, String plan) {
        assertPlan(plan, AdoptedGroupTest.adopted(), situation);
    }
}
