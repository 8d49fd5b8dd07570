package io.interrex.config;

/** Files of at most 300 KiB that grow, somewhere in their reader, faster than themselves. */
enum Attack {
    STRINGS {
        @Override
        String text(int n) {
            return doubling("x0 = \"0123456789\"\n", "x%d = ${x%2$d}${x%2$d}\n", Math.min(n, 60));
        }
    },
    LISTS {
        @Override
        String text(int n) {
            return doubling("x0 = [1,2]\n", "x%d = ${x%2$d} ${x%2$d}\n", Math.min(n, 60));
        }
    },
    MERGES {
        @Override
        String text(int n) {
            return doubling(
                    "x0 { p = 1 }\n",
                    "x%d { a = ${x%2$d}, b = ${x%2$d} }\ny%1$d = ${x%1$d}\ny%1$d = ${x%2$d}\n",
                    Math.min(n, 40));
        }
    },
    CHAIN {
        @Override
        String text(int n) {
            return doubling("x0 = 1\n", "x%d = ${x%2$d}\n", Math.min(n, 10_000));
        }
    },
    DOTS {
        @Override
        String text(int n) {
            return "a" + ".a".repeat(n) + " = 1\n";
        }
    },
    COMMENTED_NESTING {
        @Override
        String text(int n) {
            return "a = " + "[ #]\n".repeat(n);
        }
    },
    QUOTED_NESTING {
        @Override
        String text(int n) {
            return "a = " + "[ \"]\",".repeat(n);
        }
    },
    LONG_SCOPE {
        @Override
        String text(int n) {
            return "nodes { " + "a".repeat(100_000) + " { " + keys(n, "k%d=1\n") + " } }\n";
        }
    },
    LONG_KEY {
        @Override
        String text(int n) {
            return "a".repeat(3 * n) + " = 1\n";
        }
    },
    NODES_AND_STRANGERS {
        @Override
        String text(int n) {
            int each = Math.min(n, 20_000);
            return "nodes { " + keys(each, "a%d{host=h}\n") + "}\ngroups { main { members { "
                    + keys(each, "b%d{data=/d}\n") + "} } }\n";
        }
    },
    ROUTER_NODES {
        @Override
        String text(int n) {
            int each = Math.min(n, 40_000);
            return "nodes { " + keys(each, "a%d{host=h}\n") + "}\nrouters { r { nodes = [" + keys(each, "b%d,")
                    + "] } }\n";
        }
    },
    UNKNOWN_KEYS {
        @Override
        String text(int n) {
            return keys(n, "k%d=1\n");
        }
    },
    REPEATED {
        @Override
        String text(int n) {
            return "profile = fast\n".repeat(Math.min(n, 10_000));
        }
    },
    PARAMETERS {
        @Override
        String text(int n) {
            return "groups.main.postgres.parameters { " + keys(n, "p%d=1\n") + "}\n";
        }
    };

    private static final int SIZE_MAX = 1 << 17;

    /** @param n how much of it */
    abstract String text(int n);

    private static String keys(int n, String form) {
        var out = new StringBuilder();
        for (int i = 0; i < n && out.length() < SIZE_MAX / 2; i++) {
            out.append(form.formatted(i));
        }
        return out.toString();
    }

    private static String doubling(String first, String form, int n) {
        var out = new StringBuilder(first);
        for (int i = 1; i <= n; i++) {
            out.append(form.formatted(i, i - 1));
        }
        return out.toString();
    }
}
