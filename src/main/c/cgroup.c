/* See cgroup.h. Every file is opened once, at the start: a kill must not wait for a path to be looked up. */
#define _GNU_SOURCE
#include "cgroup.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int procs = -1, killer = -1, events = -1; /* descriptors */

bool cgroup_open(const char *path) {
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    procs = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    killer = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
    close(dir);
    return procs >= 0 && killer >= 0 && events >= 0;
}

bool cgroup_enter(void) {
    return procs < 0 || write(procs, "0", 1) == 1;
}

void cgroup_kill(void) {
    if (killer >= 0 && write(killer, "1", 1) != 1)
        killer = -1; /* not once has the kernel refused it after it was opened; the walk over /proc does the work alone */
}

bool cgroup_populated(void) {
    char text[256];
    ssize_t n = events < 0 ? 0 : pread(events, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = 0;
    return strstr(text, "populated 1") != NULL;
}
