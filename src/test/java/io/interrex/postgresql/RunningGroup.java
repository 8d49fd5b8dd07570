package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.sql.SQLException;
import java.util.UUID;

/** Members that form a group: the first one is the primary of epoch 1 and serves clients, the others stream from it. */
final class RunningGroup implements AutoCloseable {

    private final TempMembers members;

    private RunningGroup(TempMembers members) {
        this.members = members;
    }

    static RunningGroup of(UUID reign, String primary, String... standbys) throws Exception {
        String[] names = new String[standbys.length + 1];
        names[0] = primary;
        System.arraycopy(standbys, 0, names, 1, standbys.length);
        var group = new RunningGroup(new TempMembers(names));
        try {
            Member first = group.member(primary);
            value(first.database().initialise());
            value(first.database().startAsPrimary(SyncSet.NONE));
            value(first.database().writeMarker(1, reign));
            value(first.database().admitClients(true));
            Client.createTable(first);
            for (String standby : standbys) {
                group.cloneFrom(first, standby);
            }
            return group;
        } catch (Exception | AssertionError e) {
            group.close();
            throw e;
        }
    }

    Member member(String name) {
        return members.member(name);
    }

    /** Whatever it was before, the member holds the primary's data afterwards, streams from it, and can be read. */
    void cloneFrom(Member primary, String standby) {
        Member member = member(standby);
        value(member.database().cloneFrom(primary.upstream()));
        value(member.database().startAsStandby(primary.upstream()));
        value(member.database().admitClients(true));
        Wait.until(() -> get(member.database().status()).receiving());
    }

    /** What somebody does at the server's own prompt, past everything that Interrex decides. */
    static void byHand(Member member, String... statements) throws SQLException, Trouble {
        try (var connection = Client.connectAsAdmin(member);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static void promoteByHand(Member member) throws SQLException, Trouble {
        byHand(member, "select pg_promote(wait => false)");
        Wait.until(() -> get(member.database().status()).process() == Process.PRIMARY);
    }

    @Override
    public void close() throws Exception {
        members.close();
    }
}
