/* Clocks, and the words of a line. */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000LL
#define STUN_NS 5000000LL /* boot time and monotonic time diverge by that much only when the machine slept */

static inline long long now_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND_NS + t.tv_nsec;
}

/* Boot time minus monotonic time: grows while the machine sleeps. */
static inline long long read_offset(void) {
    long long before, boot;
    do {
        before = now_of(CLOCK_MONOTONIC);
        boot = now_of(CLOCK_BOOTTIME);
    } while (now_of(CLOCK_MONOTONIC) - before > STUN_NS / 5); /* interrupted between the two: look again */
    return boot - before;
}

static inline bool number(const char *text, long long *out) {
    char *end = NULL;
    errno = 0;
    *out = text && strchr("-0123456789", *text) ? strtoll(text, &end, 10) : 0; /* no blank, no plus */
    return end && end > text && *end == 0 && errno == 0 && llabs(*out / 2) <= 1LL << 61; /* so a difference cannot overflow */
}

/* Percent-decodes in place; false for a missing word, a broken escape and %00. */
static inline bool decode(char *text) {
    char *to = text, *end, digits[3] = "";
    for (const char *from = text; from && *from; from++) {
        *to = *from;
        if (*from == '%') {
            memcpy(digits, from + 1, from[1] ? 2 : 1);
            *to = (char)strtol(digits, &end, 16);
            if (*to == 0 || end != digits + 2)
                return false;
            from += 2;
        }
        to++;
    }
    return text && (*to = 0, true);
}
