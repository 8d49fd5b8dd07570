package io.interrex.cluster.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One change of some bytes. Its numbers are taken modulo what they point into, so every mutation fits every input.
 *
 * @param at where
 * @param length how much
 * @param choice which of the things that its kind can do
 */
public record Mutation(Kind kind, int at, int length, int choice) {

    /** What is changed. */
    public enum Kind {
        FLIP,
        SET,
        CUT,
        DROP,
        DOUBLE,
        SWAP,
        SPLICE,
        INTEGER,
        LONG,
        NEST,
        TOKEN,
        /** A whole word, quoted or not, is replaced. */
        WORD,
        /** A whole word is replaced by a word of another place. */
        RETYPE,
        /** A whole line is dropped, or written twice. */
        LINE
    }

    private static final int[] INTEGERS = {
        -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1, Integer.MAX_VALUE - 8, 0x00ff_ffff, 1 << 20, 250_000
    };
    private static final long[] LONGS = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 0, 1L << 32, Long.MAX_VALUE - 1};
    private static final int NEST_MAX = 3000;

    /** Openings of every format that we read, each as often as {@code length} says. */
    private static final List<byte[]> NESTS = Arrays.asList(
            bytes("["),
            bytes("{\"a\":"),
            bytes("{b="),
            bytes("[ #]\n"),
            bytes("a."),
            bytes(" "),
            bytes("9"),
            new byte[] {(byte) 0x81},
            new byte[] {(byte) 0x9f},
            new byte[] {(byte) 0xc4, (byte) 0x82, 0x1a},
            new byte[] {(byte) 0xff});

    private static final List<byte[]> TOKENS = Arrays.asList(
            bytes("null"),
            bytes("1.5"),
            bytes("0"),
            bytes("-1"),
            bytes("\"\""),
            bytes("{}"),
            bytes("[]"),
            bytes("true"),
            bytes("1e999999999"),
            bytes("-99999999999999999999999"),
            bytes("0.1"),
            bytes("NaN"),
            bytes("\"\\ud800\""),
            bytes("\\u0000"),
            bytes("\""),
            bytes("\n"),
            bytes(","),
            bytes("\u0000"),
            bytes("ä€😀\u202e"),
            new byte[] {(byte) 0xc3, 0x28},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf6},
            new byte[] {(byte) 0xf9, 0x7e, 0x00},
            new byte[] {(byte) 0xc2, 0x5a, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
            new byte[] {0x7a, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
            new byte[] {(byte) 0x5b, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0});

    /** One of {@code samples}, changed up to eight times; the simplest is an unchanged sample. */
    public static Arbitrary<Input> of(List<byte[]> samples) {
        return of(samples, samples);
    }

    /** @param others what may be spliced in */
    public static Arbitrary<Input> of(List<byte[]> samples, List<byte[]> others) {
        var change = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        Arbitraries.integers().between(0, NEST_MAX),
                        Arbitraries.integers().between(0, 1 << 16))
                .as(Mutation::new)
                .withoutEdgeCases();
        return Combinators.combine(
                        Arbitraries.integers().between(0, samples.size() - 1),
                        change.list().ofMaxSize(8))
                .as((which, changes) -> {
                    byte[] bytes = samples.get(which);
                    for (var one : changes) {
                        bytes = one.apply(bytes, others);
                    }
                    return new Input(bytes);
                });
    }

    /** Any bytes at all. */
    public static Arbitrary<Input> noise() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(200).map(Input::new);
    }

    byte[] apply(byte[] in, List<byte[]> others) {
        int place = in.length == 0 ? 0 : at % in.length;
        int end = Math.min(in.length, place + 1 + length % 64);
        return switch (kind) {
            case FLIP -> changed(in, place, (byte) (1 << choice % 8), true);
            case SET -> changed(in, place, (byte) choice, false);
            case CUT -> Arrays.copyOf(in, place);
            case DROP -> joined(in, 0, place, in, end, in.length);
            case DOUBLE -> joined(in, 0, end, in, place, in.length);
            case SWAP -> joined(in, end, in.length, in, 0, end);
            case SPLICE -> {
                byte[] other = others.get(choice % others.size());
                int from = other.length == 0 ? 0 : length % other.length;
                yield joined(in, 0, place, joined(other, from, other.length, in, place, in.length));
            }
            case INTEGER -> written(in, place, ByteBuffer.allocate(4).putInt(INTEGERS[choice % INTEGERS.length]));
            case LONG -> written(in, place, ByteBuffer.allocate(8).putLong(LONGS[choice % LONGS.length]));
            case NEST -> {
                byte[] one = NESTS.get(choice % NESTS.size());
                var many = new ByteArrayOutputStream();
                for (int i = 0; i <= length; i++) {
                    many.writeBytes(one);
                }
                yield joined(in, 0, place, joined(many.toByteArray(), 0, many.size(), in, place, in.length));
            }
            case TOKEN -> {
                byte[] token = TOKENS.get(choice % TOKENS.size());
                int rest = length % 2 == 0 ? place : end;
                yield joined(in, 0, place, joined(token, 0, token.length, in, rest, in.length));
            }
            case WORD -> replaced(in, wordAt(in, place), TOKENS.get(choice % TOKENS.size()));
            case RETYPE -> {
                byte[] other = others.get(choice % others.size());
                Span word = wordAt(other, other.length == 0 ? 0 : length * 31 % other.length);
                yield replaced(in, wordAt(in, place), Arrays.copyOfRange(other, word.from, word.to));
            }
            case LINE -> {
                Span line = lineAt(in, place);
                yield choice % 2 == 0
                        ? joined(in, 0, line.from, in, line.to, in.length)
                        : joined(in, 0, line.to, in, line.from, in.length);
            }
        };
    }

    private record Span(int from, int to) {}

    private static Span wordAt(byte[] in, int place) {
        int from = place;
        while (from > 0 && isOfWord(in[from - 1])) {
            from--;
        }
        int to = place;
        while (to < in.length && isOfWord(in[to])) {
            to++;
        }
        return new Span(from, to);
    }

    private static boolean isOfWord(byte b) {
        return b < 0 || b > ' ' && ",:={}[]".indexOf(b) < 0;
    }

    private static Span lineAt(byte[] in, int place) {
        int from = place;
        while (from > 0 && in[from - 1] != '\n') {
            from--;
        }
        int to = place;
        while (to < in.length && in[to] != '\n') {
            to++;
        }
        return new Span(from, Math.min(in.length, to + 1));
    }

    private static byte[] replaced(byte[] in, Span span, byte[] by) {
        return joined(in, 0, span.from, joined(by, 0, by.length, in, span.to, in.length));
    }

    private static byte[] changed(byte[] in, int at, byte value, boolean flip) {
        byte[] out = in.clone();
        if (out.length > 0) {
            out[at] = flip ? (byte) (out[at] ^ value) : value;
        }
        return out;
    }

    private static byte[] written(byte[] in, int at, ByteBuffer number) {
        byte[] out = Arrays.copyOf(in, Math.max(in.length, at + number.capacity()));
        System.arraycopy(number.array(), 0, out, at, number.capacity());
        return out;
    }

    private static byte[] joined(byte[] a, int from, int to, byte[] b) {
        return joined(a, from, to, b, 0, b.length);
    }

    private static byte[] joined(byte[] a, int fromA, int toA, byte[] b, int fromB, int toB) {
        return ByteBuffer.allocate(toA - fromA + toB - fromB)
                .put(a, fromA, toA - fromA)
                .put(b, fromB, toB - fromB)
                .array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
