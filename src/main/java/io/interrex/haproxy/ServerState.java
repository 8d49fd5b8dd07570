package io.interrex.haproxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What HAProxy itself says of one server: a row of "show servers state", version 1 of that format (management.txt, 9.3).
 *
 * @param address empty or "-" where the name did not resolve
 * @param operational 0 stopped, 1 starting, 2 running, 3 stopping
 * @param administrative bits: 1 maintenance forced, 2 inherited, 4 "disabled" in the file, 8 and 16 drain, 32 no address
 */
record ServerState(String backend, String server, String address, int port, int operational, int administrative) {
    private static final int FORCED_MAINTENANCE = 1;
    private static final int DISABLED_IN_FILE = 4;
    private static final int TEXT_MAX = 300;

    /** Takes new connections. */
    boolean isReady() {
        return operational == 2 && (administrative & ~DISABLED_IN_FILE) == 0;
    }

    /** Takes none, by order. */
    boolean isClosed() {
        return operational == 0 && (administrative & FORCED_MAINTENANCE) != 0;
    }

    boolean hasAddress() {
        return !address.isEmpty() && !address.equals("-");
    }

    String id() {
        return backend + "/" + server;
    }

    /** Reads an answer that holds nothing but blank lines and one table. */
    static Map<String, ServerState> parse(String answer) throws IOException {
        List<String> lines = answer.lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() < 2 || !lines.get(0).equals("1") || !lines.get(1).startsWith("# be_id ")) {
            throw unexpected(answer);
        }
        List<String> columns = List.of(lines.get(1).substring(2).split(" "));
        var states = new HashMap<String, ServerState>();
        for (String line : lines.subList(2, lines.size())) {
            List<String> row = List.of(line.split(" "));
            try {
                var state = new ServerState(
                        row.get(columns.indexOf("be_name")),
                        row.get(columns.indexOf("srv_name")),
                        row.get(columns.indexOf("srv_addr")),
                        Integer.parseInt(row.get(columns.indexOf("srv_port"))),
                        Integer.parseInt(row.get(columns.indexOf("srv_op_state"))),
                        Integer.parseInt(row.get(columns.indexOf("srv_admin_state"))));
                states.put(state.id(), state);
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("a row that cannot be read in HAProxy's answer: " + abridged(line), e);
            }
        }
        return states;
    }

    /** Sessions now open per server: column 5 of "show stat" rows of servers (management.txt, 9.1). */
    static Map<String, Integer> parseSessions(String answer) throws IOException {
        List<String> lines = answer.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith("# pxname,svname,qcur,qmax,scur,")) {
            throw unexpected(answer);
        }
        var sessions = new HashMap<String, Integer>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> row = new ArrayList<>(List.of(line.split(",", 6)));
            try {
                sessions.put(row.get(0) + "/" + row.get(1), Integer.parseInt(row.get(4)));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("a row that cannot be read in HAProxy's answer: " + abridged(line), e);
            }
        }
        return sessions;
    }

    private static IOException unexpected(String answer) {
        return new IOException("HAProxy answered unexpectedly: " + abridged(answer));
    }

    private static String abridged(String text) {
        // cut first: on an answer of blanks the pattern takes a time that grows with the square of its length
        String start = text.length() > 2 * TEXT_MAX ? text.substring(0, 2 * TEXT_MAX) : text;
        String line = start.strip().replaceAll("\\s*\\R\\s*", " | ").replaceAll("\\p{Cntrl}", "?");
        return line.isEmpty() ? "(nothing)" : line.length() <= TEXT_MAX ? line : line.substring(0, TEXT_MAX) + "…";
    }
}
