/* See proctree.h. Nothing here allocates: it runs when memory may be short and time is. */
#define _GNU_SOURCE
#include "proctree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TREE_MAX 32768 /* more processes than that are found by the next walk, when these are gone */

static pid_t tree[TREE_MAX];
static int tree_size;

char process_state(pid_t pid) {
    char path[40], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *name_end = strrchr(text, ')'); /* the name itself may contain spaces and brackets */
    return name_end && name_end[1] ? name_end[2] : '-';
}

void process_wchan(pid_t pid, char *name, size_t size) {
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/wchan", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, name, size - 1);
    close(fd);
    name[n > 0 ? n : 0] = 0;
    for (char *c = name; *c; c++) /* one word of a line, whatever it is */
        *c = *c > ' ' && *c != '%' && *c < 127 ? *c : '_';
    if (!*name || strcmp(name, "0") == 0)
        snprintf(name, size, "-");
}

static bool add_children_of(pid_t pid) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    pid_t child = 0;
    for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i < n; i++) {
            if (text[i] != ' ') {
                child = child * 10 + (text[i] - '0');
            } else {
                tree[tree_size] = child;
                tree_size += tree_size < TREE_MAX - 1;
                child = 0;
            }
        }
    }
    close(fd);
    return fd >= 0;
}

/* A pid cannot be reused under our hands: a dead process keeps it until its parent reaps it, the parent was
   killed first, and this process, which inherits the orphans, reaps only between walks. */
int tree_walk(int sig, const pid_t **list) {
    tree_size = 0;
    if (!add_children_of(getpid()))
        return -1;
    for (int i = 0; i < tree_size; i++) {
        if (sig)
            kill(tree[i], sig); /* SIGKILL also ends stopped and traced processes; no SIGCONT is needed */
        add_children_of(tree[i]);
    }
    if (list)
        *list = tree;
    return tree_size;
}

/* A handle first, then the look, then the signal: these may not be our children, so pids can be reused. */
static bool visit(pid_t pid, const struct stat *dir, int sig) {
    char path[40], exe[4096];
    struct stat cwd;
    int handle = (int)syscall(SYS_pidfd_open, pid, 0);
    if (handle < 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(path, exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = 0;
    const char *name = strrchr(exe, '/'); /* none: it is dying, and its shared memory may still be attached */
    bool found = !name || strcmp(name, "/postgres") == 0 || strcmp(name, "/postgres (deleted)") == 0;
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid); /* asked last: only it touches a file system */
    found = found && stat(path, &cwd) == 0 && cwd.st_dev == dir->st_dev && cwd.st_ino == dir->st_ino;
    if (found && sig)
        syscall(SYS_pidfd_send_signal, handle, sig, NULL, 0);
    close(handle);
    return found;
}

int data_dir_walk(const struct stat *dir, int sig) {
    static DIR *proc; /* opened once, at the first start: later walks do not allocate */
    int found = 0;
    proc = proc ? proc : opendir("/proc");
    if (!proc)
        return -1;
    rewinddir(proc);
    for (struct dirent *entry; (entry = readdir(proc));)
        found += atoi(entry->d_name) > 0 && visit(atoi(entry->d_name), dir, sig);
    return found;
}
