package io.interrex.persistence.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.group.GroupCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says how each older schema of an event or a command is read. */
final class Upcasters {

    /** The last schemas of what holds settings that named no slots. */
    private static final Map<String, Integer> SLOTLESS = Map.of(
            "GroupCreated", 4,
            "GroupAdopted", 1,
            "SettingsRecorded", 4,
            "CreateGroup", 5,
            "AdoptGroup", 1,
            "RecordSettings", 6);

    /** The last schemas of orders that did not say whether slots may be lost: there were none. */
    private static final Map<String, Integer> LOSSLESS =
            Map.of("SwitchoverScheduled", 1, "OrderSwitchover", 2, "OrderRestart", 1, "ScheduleSwitchover", 1);

    private Upcasters() {}

    static List<Upcaster> all() {
        var all = new ArrayList<Upcaster>();
        SLOTLESS.forEach((name, schema) -> all.add(new Upcaster(name, schema, Upcasters::withoutSlots)));
        LOSSLESS.forEach((name, schema) -> all.add(new Upcaster(name, schema, Upcasters::withoutLoss)));
        for (EventTypes.Type<GroupCommand> type : EventTypes.groupCommands().all()) {
            if (type.schema() > 1) {
                all.add(new Upcaster(type.name(), 1, Upcasters::withoutTimeOfEpoch));
            }
        }
        all.add(new Upcaster("OrderMode", 2, Upcasters::withoutOperation));
        all.add(new Upcaster("ModeChanged", 1, Upcasters::withoutOperation));
        all.add(new Upcaster("OrderMode", 3, Upcasters::withoutEnd));
        all.add(new Upcaster("ModeChanged", 2, Upcasters::withoutEnd));
        for (String name : List.of("GroupCreated", "SettingsRecorded")) {
            all.add(new Upcaster(name, 1, Upcasters::withoutDisk));
            all.add(new Upcaster(name, 2, Upcasters::withoutPowerOff));
            all.add(new Upcaster(name, 3, Upcasters::withoutReadTag));
        }
        for (String name : List.of("CreateGroup", "RecordSettings")) {
            all.add(new Upcaster(name, 2, Upcasters::withoutDisk));
            all.add(new Upcaster(name, 3, Upcasters::withoutPowerOff));
            all.add(new Upcaster(name, 4, Upcasters::withoutReadTag));
        }
        all.add(new Upcaster("RecordSettings", 5, Upcasters::withoutBase));
        return List.copyOf(all);
    }

    /** Until schema 2 a stamp did not say how long its node had known the epoch: 0 is "not said". */
    private static ObjectNode withoutTimeOfEpoch(ObjectNode command) {
        if (command.get("stamp") instanceof ObjectNode stamp) {
            stamp.put("epochForMs", 0);
        }
        return command;
    }

    /** A pause had no time: 0 is "until a person ends it". */
    private static ObjectNode withoutEnd(ObjectNode mode) {
        mode.put("untilMs", 0);
        return mode;
    }

    /** Nobody looked at disks: no threshold is ever reached, and nothing is done. */
    private static ObjectNode withoutDisk(ObjectNode recorded) {
        if (recorded.get("settings") instanceof ObjectNode settings) {
            settings.putObject("disk")
                    .put("warnBelowBytes", 0)
                    .put("actBelowBytes", 0)
                    .put("onCritical", "WARN");
        }
        return recorded;
    }

    /** No slots were named. */
    private static ObjectNode withoutSlots(ObjectNode recorded) {
        if (recorded.get("settings") instanceof ObjectNode settings) {
            settings.putArray("slots");
        }
        return recorded;
    }

    private static ObjectNode withoutLoss(ObjectNode order) {
        order.put("loseSlots", false);
        return order;
    }

    /** Nobody could power a host off. */
    private static ObjectNode withoutPowerOff(ObjectNode recorded) {
        if (recorded.get("settings") instanceof ObjectNode settings) {
            settings.put("powerOff", false);
        }
        return recorded;
    }

    /** Every member took reads. */
    private static ObjectNode withoutReadTag(ObjectNode recorded) {
        for (JsonNode member : recorded.path("members")) {
            if (member instanceof ObjectNode info) {
                info.put("noloadbalance", false);
            }
        }
        return recorded;
    }

    /** Every start of a node recorded its file, whatever was recorded before. */
    private static ObjectNode withoutBase(ObjectNode command) {
        command.putNull("actor").putNull("base").putArray("changed");
        return command;
    }

    /** A pause or resume did not name its order: null is "not said". */
    private static ObjectNode withoutOperation(ObjectNode mode) {
        mode.putNull("operation");
        return mode;
    }
}
