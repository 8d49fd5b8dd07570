package io.interrex.lab;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds which frames the switch loses, and renders that as one nftables transaction of family bridge. Frames to and from
 * the observer always pass. Everything of a frame counts, ARP too, so that a cut is as dead as a pulled cable.
 */
final class SwitchRules {

    private final Set<Direction> cuts = new LinkedHashSet<>();
    private final Map<String, Integer> lossPercent = new LinkedHashMap<>();
    private final Set<Integer> cutPorts = new LinkedHashSet<>();

    private record Direction(String from, String to) {}

    /** Name of the switch's port that {@code host} is plugged into. */
    static String port(String host) {
        return "p-" + host;
    }

    void cut(String from, String to) {
        cuts.add(new Direction(from, to));
    }

    void cutPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(port + " is no TCP port");
        }
        cutPorts.add(port);
    }

    void loss(String host, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("a loss of " + percent + " % is not in 0-100");
        }
        lossPercent.put(host, percent);
    }

    void clear() {
        cuts.clear();
        cutPorts.clear();
        lossPercent.clear();
    }

    String render() {
        String cutRules = cuts.stream()
                .map(cut -> "    iifname \"" + port(cut.from()) + "\" oifname \"" + port(cut.to()) + "\" drop\n")
                .collect(Collectors.joining());
        String portRules = cutPorts.stream()
                .map(port -> "    ip protocol tcp tcp dport %d drop\n    ip protocol tcp tcp sport %d drop\n"
                        .formatted(port, port))
                .collect(Collectors.joining());
        String lossRules = lossPercent.entrySet().stream()
                .filter(loss -> loss.getValue() > 0)
                .map(loss -> lose("iifname", loss) + lose("oifname", loss))
                .collect(Collectors.joining());
        return """
                add table bridge lab
                delete table bridge lab
                table bridge lab {
                  chain forward {
                    type filter hook forward priority 0; policy accept;
                    iifname "p-lab" accept
                    oifname "p-lab" accept
                """ + cutRules + portRules + lossRules + "  }\n}\n";
    }

    private static String lose(String side, Map.Entry<String, Integer> loss) {
        String some = loss.getValue() == 100 ? "" : " numgen random mod 100 < " + loss.getValue();
        return "    " + side + " \"" + port(loss.getKey()) + "\"" + some + " drop\n";
    }
}
