package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName(
        "A node that looks every 100 ms for a majority of voters (+), and tells people of its loss (-) after 300 ms")
final class VoterReachTest {

    @ParameterizedTest(name = "{0} => told at {1}: {2}")
    @CsvSource({
        "+------+++, '[400]',      'once, however long it lasts'",
        "+---+---+,  '[]',         'each loss was over before a gate had closed'",
        "--------+,  '[]',         'a node that starts has lost nothing'",
        "+----+----, '[400, 900]', 'each loss anew'"
    })
    void told(String looks, String at, String why) {
        var told = new ArrayList<Integer>();
        VoterReach reach = VoterReach.START;
        for (int i = 0; i < looks.length(); i++) {
            VoterReach.Look look = reach.look(looks.charAt(i) == '+', i * 100L, 300);
            reach = look.next();
            if (look.tell()) {
                told.add(i * 100);
            }
        }
        assertEquals(at, List.copyOf(told).toString(), why);
    }
}
