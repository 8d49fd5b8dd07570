package io.interrex.gate;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs nftables commands inside this process, by libnftables (libnftables(3)). One instance belongs to one thread; calls
 * of all instances of a process exclude each other, because the library shares tables between contexts. The netlink
 * socket belongs to the network namespace that the process is in.
 */
final class Nftables implements AutoCloseable {

    private static final String LIBRARY = "libnftables.so.1";
    private static final long TEXT_MAX_BYTES = 1 << 20;
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final Arena arena = Arena.ofShared();
    private final MethodHandle run;
    private final MethodHandle output;
    private final MethodHandle error;
    private final MethodHandle free;
    private final MemorySegment context;

    /** What one command came to; {@code error} is empty where it succeeded. */
    record Result(boolean succeeded, String output, String error) {

        boolean isMissing() {
            return error.contains("No such file or directory");
        }

        boolean isForbidden() {
            return error.contains("Operation not permitted");
        }
    }

    /** @throws IllegalArgumentException where the library cannot be loaded */
    Nftables() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = SymbolLookup.libraryLookup(LIBRARY, arena);
        FunctionDescriptor ofPointer = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        FunctionDescriptor text = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        run = linker.downcallHandle(
                symbols.findOrThrow("nft_run_cmd_from_buffer"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        output = linker.downcallHandle(symbols.findOrThrow("nft_ctx_get_output_buffer"), text);
        error = linker.downcallHandle(symbols.findOrThrow("nft_ctx_get_error_buffer"), text);
        free = linker.downcallHandle(
                symbols.findOrThrow("nft_ctx_free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        MethodHandle create = linker.downcallHandle(
                symbols.findOrThrow("nft_ctx_new"), FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        context = locked(() -> {
            MemorySegment made = (MemorySegment) create.invokeExact(0);
            if (MemorySegment.NULL.equals(made)) {
                throw new IllegalStateException(
                        "nft_ctx_new gave no context: out of memory, or netlink is not available");
            }
            for (String buffer : new String[] {"nft_ctx_buffer_output", "nft_ctx_buffer_error"}) {
                int failed = (int) linker.downcallHandle(symbols.findOrThrow(buffer), ofPointer)
                        .invokeExact(made);
                if (failed != 0) {
                    throw new IllegalStateException(buffer + " failed: out of memory");
                }
            }
            return made;
        });
    }

    /** Runs {@code commands}, one a line, as one transaction. */
    Result run(String commands) {
        return locked(() -> {
            try (Arena call = Arena.ofConfined()) {
                int code = (int) run.invokeExact(context, call.allocateFrom(commands));
                return new Result(
                        code == 0,
                        text((MemorySegment) output.invokeExact(context)),
                        text((MemorySegment) error.invokeExact(context)).strip());
            }
        });
    }

    private static String text(MemorySegment pointer) {
        return MemorySegment.NULL.equals(pointer)
                ? ""
                : pointer.reinterpret(TEXT_MAX_BYTES).getString(0);
    }

    @Override
    public void close() {
        locked(() -> {
            free.invokeExact(context);
            return "";
        });
        arena.close();
    }

    private interface NativeCall<T> {
        T call() throws Throwable;
    }

    private static <T> T locked(NativeCall<T> body) {
        ONE_AT_A_TIME.lock();
        try {
            return body.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of " + LIBRARY + " failed", e);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }
}
