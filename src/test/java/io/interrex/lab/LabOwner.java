package io.interrex.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that owns a laboratory: to be killed, or to look at its hosts from the observer's place. */
public final class LabOwner {

    private LabOwner() {}

    /** @param args "hold DIR": run a sleeper on each host, make DIR a small disk, and wait; "observe": reach a host that is cut off from all */
    public static void main(String[] args) throws IOException {
        NamespaceLab lab = NamespaceLab.create(LabSpec.of("a", "b"));
        if (args[0].equals("hold")) {
            lab.process("a", List.of("sleep", "1000")).start();
            lab.process("b", List.of("sleep", "1000")).start();
            lab.smallDisk(Path.of(args[1]), 1 << 20);
            System.out.println(lab.namespace("a") + " " + lab.namespace("b"));
            System.in.read();
        } else {
            observe(lab, args[1].split(" "));
        }
        lab.close();
    }

    private static void observe(Lab lab, String[] shell) throws IOException {
        try (Remote a = new Remote(lab.process("a", List.of(shell)));
                Remote b = new Remote(lab.process("b", List.of(shell)))) {
            a.ask("serve 7000");
            lab.cut("a");
            String fromB = b.ask("connect " + lab.address("a") + " 7000");
            String fromHere = NetShell.connect(lab.address("a"), 7000);
            System.out.println(lab.observerReachesHosts() + ", b: " + fromB + ", observer: " + fromHere);
        }
    }
}
