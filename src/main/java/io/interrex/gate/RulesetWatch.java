package io.interrex.gate;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when somebody else changed nftables rules of this network namespace, as the kernel announces it (NFT_MSG_NEWGEN to
 * the multicast group of nf_tables, linux/netfilter/nf_tables.h). It waits without a wake-up per own change: a filter at the
 * socket drops those by the id of the thread that made them. That id is the kernel's, which a process in a container does
 * not know: it is learnt from the first announcement with the name of that thread.
 */
final class RulesetWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RulesetWatch.class);
    private static final int NETLINK_NETFILTER = 12;
    private static final int GROUP_OF_NF_TABLES = 1 << 6;
    private static final int NEW_GENERATION = 10 << 8 | 15;
    private static final int AT_TYPE = 4;
    private static final int AT_THREAD = 32;
    private static final int AT_NAME = 40;
    private static final int NAME_MAX_BYTES = 16;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOBUFS = 105;
    private static final int BUFFER_BYTES = 8192;
    private static final long LOOK_UP_S = 2;

    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final String ownName;
    private final Runnable changed;
    private volatile boolean listening;
    private volatile boolean ended;
    private int filtered;

    /**
     * @param ownName name of the thread that makes this process' own changes, as the kernel has it (/proc/thread-self/comm)
     * @param changed called by the thread in {@link #run} after each change of somebody else, and where one may have been missed
     */
    RulesetWatch(String ownName, Runnable changed) {
        this.ownName = ownName;
        this.changed = changed;
    }

    /** Whether changes are told now; false before, and for good where the kernel refused. */
    boolean listening() {
        return listening;
    }

    /** Lets {@link #run} return within two seconds. */
    void end() {
        ended = true;
    }

    /** Listens until {@link #end}; returns earlier where the kernel has no such announcements for this process. */
    void run() {
        try (Arena arena = Arena.ofConfined()) {
            Calls calls = new Calls(arena);
            int socket = calls.listen();
            if (socket < 0) {
                LOG.warn(
                        "The kernel tells of no changes of rules (errno {}): they are looked at once a second",
                        calls.errno());
                return;
            }
            try {
                listening = true;
                changed.run();
                listen(calls, socket, arena.allocate(BUFFER_BYTES));
            } finally {
                listening = false;
                calls.close(socket);
            }
        }
    }

    private void listen(Calls calls, int socket, MemorySegment buffer) {
        while (!ended) {
            long length = calls.receive(socket, buffer);
            if (length < 0) {
                if (calls.errno() == ENOBUFS) {
                    changed.run();
                } else if (calls.errno() != EAGAIN && calls.errno() != EINTR) {
                    LOG.warn(
                            "The kernel tells of no more changes of rules (errno {}): they are looked at once a second",
                            calls.errno());
                    return;
                }
            } else if (isOwn(buffer, length)) {
                learn(calls, socket, bigEndian(buffer, AT_THREAD));
            } else {
                changed.run();
            }
        }
    }

    private boolean isOwn(MemorySegment message, long length) {
        if (length <= AT_NAME) {
            return false;
        }
        byte[] name = message.asSlice(AT_NAME, Math.min(NAME_MAX_BYTES, length - AT_NAME))
                .toArray(ValueLayout.JAVA_BYTE);
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8).equals(ownName);
    }

    private void learn(Calls calls, int socket, int thread) {
        if (thread != filtered) {
            calls.filter(socket, thread);
            filtered = thread;
        }
    }

    private static int bigEndian(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), offset);
    }

    /** The system calls; each leaves its error number where the C library would. */
    private static final class Calls {

        private static final int SOL_SOCKET = 1;
        private static final int SO_RCVTIMEO = 20;
        private static final int SO_ATTACH_FILTER = 26;

        private final Linker linker = Linker.nativeLinker();
        private final Arena arena;
        private final MemorySegment captured;
        private final MethodHandle socket;
        private final MethodHandle bind;
        private final MethodHandle option;
        private final MethodHandle receive;
        private final MethodHandle close;

        Calls(Arena arena) {
            this.arena = arena;
            captured = arena.allocate(CAPTURED);
            ValueLayout.OfInt i = ValueLayout.JAVA_INT;
            ValueLayout.OfLong l = ValueLayout.JAVA_LONG;
            socket = call("socket", FunctionDescriptor.of(i, i, i, i));
            bind = call("bind", FunctionDescriptor.of(i, i, ValueLayout.ADDRESS, i));
            option = call("setsockopt", FunctionDescriptor.of(i, i, i, i, ValueLayout.ADDRESS, i));
            receive = call("recv", FunctionDescriptor.of(l, i, ValueLayout.ADDRESS, l, i));
            close = call("close", FunctionDescriptor.of(i, i));
        }

        private MethodHandle call(String name, FunctionDescriptor shape) {
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name), shape, Linker.Option.captureCallState("errno"));
        }

        /** A bound socket with a time limit on its reads, or a negative number. */
        int listen() {
            return (int) result(() -> {
                int made = (int) socket.invokeExact(captured, 16, 3 | 0x80000, NETLINK_NETFILTER);
                if (made < 0) {
                    return made;
                }
                filter(made, 0);
                MemorySegment limit = arena.allocateFrom(ValueLayout.JAVA_LONG, LOOK_UP_S, 0);
                set(made, SO_RCVTIMEO, limit, (int) limit.byteSize());
                MemorySegment address = arena.allocateFrom(ValueLayout.JAVA_INT, 16, 0, GROUP_OF_NF_TABLES);
                int bound = (int) bind.invokeExact(captured, made, address, (int) address.byteSize());
                if (bound < 0) {
                    close(made);
                }
                return bound < 0 ? bound : made;
            });
        }

        /** From here on the socket gets announcements of new generations only, and none of {@code thread}'s. */
        void filter(int socket, int thread) {
            int type = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                    ? NEW_GENERATION
                    : Short.toUnsignedInt(Short.reverseBytes((short) NEW_GENERATION));
            long[] program = {
                instruction(0x28, 0, 0, AT_TYPE),
                instruction(0x15, 0, 3, type),
                instruction(0x20, 0, 0, AT_THREAD),
                instruction(0x15, 1, 0, thread),
                instruction(0x06, 0, 0, BUFFER_BYTES),
                instruction(0x06, 0, 0, 0)
            };
            // the kernel keeps a copy
            try (Arena call = Arena.ofConfined()) {
                MemorySegment code = call.allocateFrom(ValueLayout.JAVA_LONG, program);
                MemorySegment described = call.allocate(16, 8);
                described.set(ValueLayout.JAVA_SHORT, 0, (short) program.length);
                described.set(ValueLayout.ADDRESS, 8, code);
                set(socket, SO_ATTACH_FILTER, described, (int) described.byteSize());
            }
        }

        /** struct sock_filter (linux/filter.h): code, where to go on if true and if false, and a value. */
        private static long instruction(int code, int ifTrue, int ifFalse, int value) {
            long high = Integer.toUnsignedLong(value);
            return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                    ? code | (long) ifTrue << 16 | (long) ifFalse << 24 | high << 32
                    : (long) code << 48 | (long) ifTrue << 40 | (long) ifFalse << 32 | high;
        }

        private void set(int socket, int name, MemorySegment value, int length) {
            long failed = result(() -> (int) option.invokeExact(captured, socket, SOL_SOCKET, name, value, length));
            if (failed < 0) {
                throw new IllegalStateException("setsockopt " + name + " failed, errno " + errno());
            }
        }

        long receive(int socket, MemorySegment buffer) {
            return result(() -> (long) receive.invokeExact(captured, socket, buffer, buffer.byteSize(), 0));
        }

        void close(int socket) {
            result(() -> (int) close.invokeExact(captured, socket));
        }

        int errno() {
            return (int) ERRNO.get(captured, 0L);
        }

        private interface NativeCall {
            long call() throws Throwable;
        }

        private static long result(NativeCall body) {
            try {
                return body.call();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("a system call of the watch over nftables failed", e);
            }
        }
    }
}
