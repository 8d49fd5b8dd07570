package io.interrex.config;

import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import java.util.List;

/** Reads one slot that a group keeps for somebody who is no member of it. */
final class SlotReader {

    /** Slots of members are named so. */
    private static final String MEMBERS = "interrex_";

    private SlotReader() {}

    /** Of a group, by name. */
    static List<PermanentSlot> all(Section group) {
        return group.named("slots").entrySet().stream()
                .map(entry -> slot(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static PermanentSlot slot(String name, Section section) {
        Kind kind = section.choice("type", Kind.class);
        if (name.startsWith(MEMBERS)) {
            section.problem("type", "the slots of members have such names", "Give it a name without " + MEMBERS);
        }
        String database = section.text("database");
        String plugin = section.text("plugin");
        if (kind == Kind.PHYSICAL) {
            for (String key : List.of("database", "plugin")) {
                if (section.isSet(key)) {
                    section.problem(
                            key, "a physical slot gives out WAL as it is", "Remove it, or write type = logical");
                }
            }
            return new PermanentSlot(name, kind, "", "");
        }
        if (!database.matches("[a-z_][a-z0-9_]{0,62}")) {
            section.problem(
                    "database", "a logical slot belongs to one database", "Name it, for instance: database = app");
        }
        if (!plugin.matches("[a-z_][a-z0-9_]{0,62}")) {
            section.problem(
                    "plugin", "a logical slot needs an output plugin", "Write pgoutput, or another that is installed");
        }
        return new PermanentSlot(name, kind, database, plugin);
    }
}
