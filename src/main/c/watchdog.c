/* See watchdog.h, and Documentation/watchdog/watchdog-api.rst of the kernel. */
#define _GNU_SOURCE
#include "watchdog.h"

#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FEEDINGS 4 /* in each time-out */

static int device = -1, timeout_s;
static long long timeout_ns, slack_ns;

#ifdef WATCHDOG_STAND_IN
/* For tests: a FIFO has no ioctl; what the device would be asked is written into it. 60 s is a time-out that it does not keep. */
static bool set_timeout(int *seconds) {
    bool written = dprintf(device, "T%d", *seconds) > 0;
    *seconds -= *seconds == 60;
    return written;
}
#else
static bool set_timeout(int *seconds) {
    return ioctl(device, WDIOC_SETTIMEOUT, seconds) == 0; /* gives back what it keeps */
}
#endif

bool watchdog_open(const char *path, const char *timeout, const char *slack) {
    long long seconds, ms;
    errno = EINVAL;
    if (!number(timeout, &seconds) || !number(slack, &ms) || seconds < 1 || seconds > 3600 || ms < 0 || ms > 3600000) {
        errno = EINVAL;
        return false;
    }
    device = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (device < 0)
        return false;
    int kept = (int)seconds;
    bool good = set_timeout(&kept);
    int why = good ? ERANGE : errno;
    if (!good || kept != seconds) {
        watchdog_release(); /* opened is started */
        errno = why;
        return false;
    }
    timeout_s = kept;
    timeout_ns = seconds * SECOND_NS;
    slack_ns = ms * 1000000;
    return true;
}

bool watchdog_is_open(void) {
    return device >= 0;
}

int watchdog_timeout_s(void) {
    return device < 0 ? 0 : timeout_s;
}

long long watchdog_last(long long deadline) {
    return deadline + slack_ns - timeout_ns - timeout_ns / 100; /* rho: its clock may be slower than ours */
}

void watchdog_feed(void) {
    if (device >= 0 && write(device, "1", 1) != 1)
        return; /* what it is not fed it does not count: the host is reset rather than left unguarded */
}

int watchdog_pause_ms(void) {
    return device < 0 ? -1 : timeout_s * 1000 / FEEDINGS;
}

void watchdog_release(void) {
    if (device >= 0 && write(device, "V", 1) != 1)
        return; /* it goes on, and resets the host: nothing more can be said to it */
    close(device);
    device = -1;
}
