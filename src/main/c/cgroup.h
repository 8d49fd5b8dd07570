/* The control group (version 2) that is the server's alone, where there is one. */
#pragma once
#include <stdbool.h>

/* Opens `path`, a directory of the cgroup2 file system; false: it is none, or nothing in it may be killed. */
bool cgroup_open(const char *path);
/* Puts the calling process into it; its children are born there. True where there is none. */
bool cgroup_enter(void);
/* SIGKILL to all that is in it, at once, whatever forks meanwhile. */
void cgroup_kill(void);
/* Whether a process lives in it. */
bool cgroup_populated(void);
