package io.interrex.fencing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All that one run of a program has started, found by a mark in its environment: also who left its session and lost its parent. */
record MarkedTree(String name, String value) {

    private static final int ROUNDS_MAX = 50;

    /** Again until none is left, as one may fork between two looks; who changed its user, or cleared its environment, is not seen. */
    void kill(Process root) {
        try {
            for (int round = 0; round < ROUNDS_MAX; round++) {
                root.descendants().forEach(ProcessHandle::destroyForcibly);
                root.destroyForcibly();
                List<ProcessHandle> left = marked();
                if (left.isEmpty()) {
                    return;
                }
                left.forEach(ProcessHandle::destroyForcibly);
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ProcessHandle> marked() {
        String mark = name + "=" + value;
        return ProcessHandle.allProcesses()
                .filter(process -> isMarked(process.pid(), mark))
                .toList();
    }

    private static boolean isMarked(long pid, String mark) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1)
                    .contains(mark);
        } catch (IOException e) {
            return false; // it has ended, or is another user's
        }
    }
}
