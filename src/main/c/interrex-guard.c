/* interrex-guard: the parent of one member's PostgreSQL. It kills the whole process tree when the agent's deadline
   passes, when the postmaster dies, or on order, and calls nothing dead before the kernel says that no child is left.
   Two processes: the guard works; its parent, the keeper, waits. If the guard dies, the tree falls to the keeper (both
   are child subreapers), which kills it. PostgreSQL has PDEATHSIG = SIGQUIT for the case that both die: the postmaster
   then takes its backends along, while a SIGKILLed one leaves busy backends that go on committing. */
#define _GNU_SOURCE
#include "base.h"
#include "cgroup.h"
#include "proctree.h"
#include "watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROTOCOL_VERSION 1
#define LINE_BYTES_MAX 4096
#define WORDS_MAX 128
#define DEADLINE_NS_MAX (60 * SECOND_NS) /* no lease is that long: a bigger claim is a defect of the agent */

static int agent = -1, timer, log_file; /* descriptors */
static char unread[LINE_BYTES_MAX], *word[WORDS_MAX + 1], data_word[LINE_BYTES_MAX] = "-"; /* as it came: encoded */
static size_t unread_bytes;
static const char *request_id, *cgroup = "none", *killing, *last_death = "none"; /* the latter two: why */
static pid_t guard_pid, keeper_pid, postmaster, last_pid;
static int last_status, killed, expirations, signalled_us;
static struct stat data_dir;
static bool harmless; /* what is killed was in recovery */
static enum { UNGUARDED, ARMED, IN_RECOVERY } mode; /* nothing starts unguarded */
static long long round_n, deadline_boot, off_ns, killing_since, stuck_at;

static void hang_up(void) {
    close(agent);
    agent = -1;
    unread_bytes = 0;
}

/* Answers go to the agent, notes ("-") to the log, events ("*") to both. Never waits: who does not read is let go. */
__attribute__((format(printf, 2, 3))) static void tell(const char *prefix, const char *format, ...) {
    char text[2 * LINE_BYTES_MAX], line[sizeof text + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int n = snprintf(line, sizeof line, "%.20s %s\n", prefix, text);
    if (*prefix != '-' && agent >= 0 && send(agent, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
        hang_up();
    long long ms = now_of(CLOCK_REALTIME) / 1000000;
    if (*prefix < '0' && dprintf(log_file, "%lld.%03lld %s", ms / 1000, ms % 1000, line) < 0)
        return; /* a full disk must not stop the guard */
}
#define answer(...) tell(request_id, __VA_ARGS__)
#define event(...) tell("*", __VA_ARGS__)
#define note(...) tell("-", __VA_ARGS__)

static void set_mode(int to) {
    mode = to;
    long long at = to == ARMED ? deadline_boot : 0; /* 0 stops the timer */
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &(struct itimerspec){.it_value = {at / SECOND_NS, at % SECOND_NS}}, NULL);
}

/* Takes the dead. False when no child is left; as subreaper of the tree, then no descendant is left either. */
static bool reap(void) {
    int status;
    pid_t pid;
    for (; (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0; killed++) {
        if (pid == postmaster) {
            last_pid = pid;
            last_status = status;
            postmaster = 0;
        }
    }
    return pid == 0;
}

/* How many of them sleep where no signal reaches them (D), or are stopped or traced (T, t). */
static int in_state(const char *states, int n, const pid_t *list) {
    int count = 0;
    for (int i = 0; i < n; i++)
        count += strchr(states, process_state(list[i])) != NULL;
    return count;
}

/* Who outlives its SIGKILL: those in state D, if there are any; the others wait for them, or for the processor. */
static void tell_stuck(int n, const pid_t *list) {
    int deep = in_state("D", n, list), told = 0;
    for (int i = 0; i < n && told < 8; i++) {
        char state = process_state(list[i]);
        if (state == 'D' || deep == 0) {
            char where[64];
            process_wchan(list[i], where, sizeof where);
            event("STUCK pid=%d state=%c wchan=%s left=%d uninterruptible=%d", list[i], state, where, n, deep);
            told++;
        }
    }
    if (n == 0)
        event("STUCK pid=0 state=- wchan=- left=0 uninterruptible=0"); /* nobody's child: of another start */
}

static void kill_step(void) {
    const pid_t *list;
    int n = tree_walk(SIGKILL, &list), strays = 0;
    long long now = now_of(CLOCK_MONOTONIC);
    if (now >= stuck_at) {
        tell_stuck(n, list);
        stuck_at = now + 5 * SECOND_NS;
    }
    if (reap())
        return;
    if (cgroup_populated()) { /* nobody's child: what a guard that died with its keeper left behind */
        cgroup_kill();
        return;
    }
    if (data_dir.st_ino) /* last, since it looks at every process of the host: what an earlier guard left behind */
        killed += strays = data_dir_walk(&data_dir, SIGKILL);
    if (strays > 0)
        return;
    event("DEAD cause=%s killed=%d us=%lld signalled_us=%d last_pid=%d last_status=%d", killing, killed,
          (now_of(CLOCK_MONOTONIC) - killing_since) / 1000, signalled_us, last_pid, last_status);
    last_death = killing;
    killing = NULL;
}

/* How long to wait before the next step: at first a process may fork between two; what outlives its SIGKILL runs no code. */
static int kill_pause_ms(void) {
    return now_of(CLOCK_MONOTONIC) - killing_since < SECOND_NS ? 2 : 50;
}

static void kill_begin(const char *cause) {
    long long begun = now_of(CLOCK_MONOTONIC);
    cgroup_kill(); /* first: all at once. Then what is not in it: a server that could not enter it */
    tree_walk(SIGKILL, NULL);
    if (!killing) {
        signalled_us = (int)((now_of(CLOCK_MONOTONIC) - begun) / 1000); /* from here on none runs code of its own */
        killing_since = begun;
        stuck_at = begun + SECOND_NS;
        killed = 0;
        harmless = mode == IN_RECOVERY;
    }
    killing = cause;
    if (strcmp(cause, "exited") != 0) /* after a crash the deadline stays in force: a restart within the same lease */
        set_mode(UNGUARDED);
    kill_step();
}

static bool busy(void) {
    return killing || tree_walk(0, NULL) > 0;
}

/* The machine's watchdog is fed while no server may write without a lease: what is in recovery, or dead, or before the last moment at
   which feeding still lets it reset the host before the promise ends. A tree that cannot be killed is none of these, unless it was in
   recovery when the kill began. */
static void feed_watchdog(void) {
    if (!watchdog_is_open())
        return;
    bool leased = mode == ARMED && now_of(CLOCK_BOOTTIME) <= watchdog_last(deadline_boot);
    bool empty = !busy() && !cgroup_populated(); /* the latter: what a guard that died with its keeper left behind */
    if (mode == IN_RECOVERY || leased || empty || (killing && harmless))
        watchdog_feed();
}

/* At most until it is to be fed again, and once more at that last moment. */
static int pause_ms(void) {
    int ms = killing ? kill_pause_ms() : watchdog_pause_ms();
    long long last_ms = (watchdog_last(deadline_boot) - now_of(CLOCK_BOOTTIME)) / 1000000 - 2;
    return watchdog_is_open() && mode == ARMED && last_ms > 0 && last_ms < ms ? (int)last_ms : ms;
}

static void look_at_clocks(void) {
    long long late_ns = now_of(CLOCK_BOOTTIME) - deadline_boot, off = read_offset();
    if (mode == ARMED && late_ns >= 0) {
        if (busy())
            kill_begin("expired");
        set_mode(UNGUARDED);
        note("round %lld expired %lld us before; expiration %d", round_n, late_ns / 1000, ++expirations);
    }
    if (llabs(off - off_ns) > STUN_NS)
        event("STUN slept_ms=%lld off_ns=%lld", (off - off_ns) / 1000000, off);
    off_ns = off;
}

/* The keeper: lives a little longer than the guard, until the tree is dead. */
static void keep(pid_t guard) {
    int status;
    while (waitpid(guard, &status, WUNTRACED) == guard && WIFSTOPPED(status))
        kill(guard, SIGCONT); /* a stopped guard guards nothing */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        _exit(0);
    cgroup_kill();
    killing_since = now_of(CLOCK_MONOTONIC);
    for (tree_walk(SIGKILL, NULL); reap() || cgroup_populated(); tree_walk(SIGKILL, NULL)) {
        cgroup_kill();
        poll(NULL, 0, kill_pause_ms());
    }
    watchdog_release(); /* not before: nobody feeds it meanwhile */
    note("keeper: the guard died with status %d; its %d processes are dead", status, killed);
    _exit(1);
}

/* Commands: word[0] is the request's id, word[1] the verb; words after the last are null. See protocol.md here. */

static void status(int version) {
    static const char *const modes[] = {"unguarded", "armed", "recovery"};
    const pid_t *list;
    int procs = tree_walk(0, &list);
    answer("OK version=%d guard=%d keeper=%d state=%s pid=%d pm_state=%c procs=%d stopped=%d uninterruptible=%d mode=%s n=%lld remaining_ms=%lld "
           "mono_ns=%lld off_ns=%lld last_pid=%d last_status=%d last_death=%s expirations=%d cgroup=%s watchdog_s=%d data=%s",
           version, guard_pid, getppid() == keeper_pid ? keeper_pid : 0,
           killing ? "killing" : (postmaster ? "running" : "empty"), postmaster,
           postmaster ? process_state(postmaster) : '-', procs, in_state("Tt", procs, list), in_state("D", procs, list), modes[mode], round_n,
           mode == ARMED ? (deadline_boot - now_of(CLOCK_BOOTTIME)) / 1000000 : 0, now_of(CLOCK_MONOTONIC), off_ns,
           last_pid, last_status, last_death, expirations, strcmp(cgroup, "none") ? "own" : "none",
           watchdog_timeout_s(), data_word);
}

static void arm(int to) {
    long long n, until, off, mono = now_of(CLOCK_MONOTONIC), boot = now_of(CLOCK_BOOTTIME);
    bool numbers = number(word[2], &n) & number(word[3], &until) & number(word[4], &off);
    if (to == IN_RECOVERY && (mode == ARMED || (killing && !harmless)) && busy()) {
        answer("ERR ARMED pid %d may be out of recovery, and nothing would end it: stop or KILL it first", postmaster);
    } else if (to == IN_RECOVERY) {
        set_mode(to);
        answer("OK");
    } else if (!numbers)
        answer("ERR NUMBER expected ARM N UNTIL_NS OFF_NS");
    else if (until - mono <= 0 || until - mono > DEADLINE_NS_MAX)
        answer("ERR DEADLINE %lld us ahead, not within 60 s: is it System.nanoTime of this host plus T?", (until - mono) / 1000);
    else if (llabs(read_offset() - off) > STUN_NS)
        answer("ERR STUNNED off_ns=%lld the machine slept since the deadline was made", read_offset());
    else if (killing && strcmp(killing, "exited") != 0)
        answer("ERR KILLING a kill is under way: %s", killing);
    else {
        round_n = n;
        deadline_boot = boot + (until - mono); /* from here on, time asleep counts */
        set_mode(to);
        answer("OK");
    }
}

/* Decodes a data directory and makes it the one whose strays are looked for; answers what is wrong with it. */
static bool take_data_dir(char *path) {
    char encoded[LINE_BYTES_MAX];
    struct stat found;
    snprintf(encoded, sizeof encoded, "%s", path ? path : "");
    bool good = decode(path) && stat(path, &found) == 0 && S_ISDIR(found.st_mode);
    if (!good || busy()) {
        answer(good ? "ERR BUSY %s: processes of the last start live: KILL first" : "ERR DATA %s: no readable directory", encoded);
        return false;
    }
    data_dir = found;
    memcpy(data_word, encoded, sizeof encoded);
    return true;
}

/* In the child. */
static void become(char *dir, char *log, char **argv, char **environment) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    setsid();
    if (!cgroup_enter())
        note("cannot enter the cgroup %s: %s; the walk over /proc kills alone", cgroup, strerror(errno));
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getppid() == guard_pid && out >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0 && chdir(dir) == 0)
        execve(argv[0], argv, environment);
    note("cannot start %s in %s with log %s: %s", argv[0], dir, log, strerror(errno));
    _exit(127);
}

static void start(int unused) {
    char *environment[WORDS_MAX] = {NULL}, **argv = word + 4;
    bool well = word[2] && word[3] && decode(word[3]);
    for (char **w = argv; well && *w; w++)
        well = decode(*w);
    for (int i = unused; well && *argv && **argv != '/'; argv++)
        environment[i++] = *argv;
    if (!well || !*argv) {
        answer("ERR SYNTAX expected START DATA_DIR LOG_FILE [NAME=VALUE]… /path/to/postgres ARG…");
    } else if (mode == UNGUARDED) {
        answer("ERR UNGUARDED commit a deadline first, or disarm for a member in recovery");
    } else if (take_data_dir(word[2])) {
        pid_t child = cgroup_populated() || data_dir_walk(&data_dir, 0) != 0 ? -1 : fork();
        if (child == 0)
            become(word[2], word[3], argv, environment);
        postmaster = child > 0 ? child : 0;
        answer(child > 0 ? "OK pid=%d" : "ERR ORPHANS of another start live in this directory, or fork failed (%d): SWEEP first", child);
        note("start in %s: pid %d, mode %d", word[2], child, mode);
    }
}

static void signal_postmaster(int sig) {
    bool sent = postmaster > 0 && kill(postmaster, sig) == 0; /* not reaped yet: the pid is no other's */
    answer(sent ? "OK pid=%d" : "ERR EMPTY no postmaster (%d)", postmaster);
}

static void kill_all(int orphans) {
    if (orphans && !take_data_dir(word[2]))
        return;
    answer("OK");
    kill_begin(orphans ? "sweep" : "order");
}

static void leave(int unused) {
    if (busy()) {
        answer("ERR BUSY a child lives: KILL first");
        return;
    }
    answer("OK");
    watchdog_release();
    note("left, with no child");
    unlink("guard.sock");
    _exit(unused);
}

static const struct {
    const char *verb;
    void (*handle)(int argument);
    int argument;
} commands[] = {{"HELLO", status, PROTOCOL_VERSION}, {"STATUS", status, PROTOCOL_VERSION}, {"ARM", arm, ARMED},
                {"DISARM", arm, IN_RECOVERY},     {"START", start, 0},                  {"KILL", kill_all, 0},
                {"FAST", signal_postmaster, SIGINT}, {"RELOAD", signal_postmaster, SIGHUP}, {"SWEEP", kill_all, 1},
                {"IMMEDIATE", signal_postmaster, SIGQUIT}, {"EXIT", leave, 0}};

static void handle(char *line) {
    int count = 0;
    long long id;
    memset(word, 0, sizeof word);
    while (line && count < WORDS_MAX)
        word[count++] = strsep(&line, " ");
    request_id = number(word[0], &id) && id > 0 ? word[0] : "0";
    for (size_t i = 0; *request_id != '0' && !line && word[1] && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(word[1], commands[i].verb) == 0) {
            commands[i].handle(commands[i].argument);
            return;
        }
    }
    answer("ERR SYNTAX expected ID VERB, a known verb, and at most %d words", WORDS_MAX);
}

static void receive(void) {
    char line[LINE_BYTES_MAX], *end;
    ssize_t n = recv(agent, unread + unread_bytes, sizeof unread - unread_bytes, MSG_DONTWAIT);
    unread_bytes += n > 0 ? (size_t)n : 0;
    while ((end = memchr(unread, '\n', unread_bytes))) {
        *end++ = 0;
        memcpy(line, unread, (size_t)(end - unread));
        unread_bytes -= (size_t)(end - unread);
        memmove(unread, end, unread_bytes);
        handle(line);
    }
    if (unread_bytes == sizeof unread)
        tell("0", "ERR TOO_LONG a line has at most %d bytes", LINE_BYTES_MAX - 1);
    if (n == 0 || (n < 0 && errno != EAGAIN) || unread_bytes == sizeof unread)
        hang_up();
}

static void take_over(int listener) { /* only this user and root can reach the socket */
    hang_up();
    agent = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    note("another agent");
    if (now_of(CLOCK_MONOTONIC) - killing_since >= SECOND_NS)
        stuck_at = 0; /* it is told at once what the former was told */
}

static void guard(int listener, int signals) {
    struct signalfd_siginfo got;
    for (;;) {
        struct pollfd on[] = {{timer, POLLIN, 0}, {signals, POLLIN, 0}, {agent, POLLIN, 0}, {listener, POLLIN, 0}};
        poll(on, 4, pause_ms());
        request_id = "-";
        if (on[1].revents && read(signals, &got, sizeof got) > 0 && got.ssi_signo == SIGTERM)
            leave(0);
        if (on[2].revents) /* before the clocks: a deadline committed in time counts, however late the guard reads it */
            receive();
        if (on[3].revents)
            take_over(listener);
        look_at_clocks();
        pid_t before = postmaster;
        reap();
        if (before && !postmaster && !killing)
            kill_begin("exited");
        else if (killing)
            kill_step();
        feed_watchdog();
    }
}

static void demand(bool good, const char *what) {
    if (good)
        return;
    fprintf(stderr, "interrex-guard: %s: %s\n", what, strerror(errno));
    exit(1);
}

int main(int argc, char **argv) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "guard.sock"};
    struct stat dir;
    sigset_t all;
    errno = EINVAL;
    demand(argc == 2 || argc == 3 || argc == 6,
           "usage: interrex-guard RUN_DIRECTORY [CGROUP_V2_DIRECTORY|none [WATCHDOG TIMEOUT_S SLACK_MS]]");
    close_range(3, ~0U, 0);
    umask(077);
    demand(mkdir(argv[1], 0700) == 0 || errno == EEXIST, argv[1]);
    demand(chdir(argv[1]) == 0 && stat(".", &dir) == 0, argv[1]);
    errno = EPERM;
    demand(dir.st_uid == geteuid() && (dir.st_mode & 077) == 0, "the run directory must be its user's alone, mode 0700");
    int lock = open("guard.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* shared with the keeper, so held by both */
    demand(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0, "another guard, or its keeper, lives here");
    log_file = open("guard.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    demand(log_file >= 0, "guard.log");
    demand(tree_walk(0, NULL) >= 0, "the kernel has no /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN)");
    unlink("guard.sock");
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    demand(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 8) == 0, "guard.sock");
    if (argc >= 3 && strcmp(argv[2], "none") != 0) {
        demand(cgroup_open(argv[2]), argv[2]);
        cgroup = argv[2];
    }
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    demand(signals >= 0 && timer >= 0, "signalfd, timerfd");
    if (argc == 6 && !watchdog_open(argv[3], argv[4], argv[5])) {
        fprintf(stderr, "interrex-guard: %s, time-out %s s: %s\n", argv[3], argv[4],
                errno == ERANGE ? "the device does not keep that time-out" : strerror(errno));
        exit(1);
    }
    demand(daemon(1, 0) == 0, "daemon"); /* the caller returns: the socket is there */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    keeper_pid = getpid();
    pid_t child = fork();
    if (child != 0) {
        close(listener); /* or an agent would be heard by nobody */
        keep(child);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    guard_pid = getpid();
    off_ns = read_offset();
    bool noted = ftruncate(lock, 0) == 0 && dprintf(lock, "%d\n", guard_pid) > 0;
    bool locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
    bool urgent = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &(struct sched_param){1}) == 0;
    note("guard %d, keeper %d: pid written %d, memory locked %d, real time %d", guard_pid, keeper_pid, noted, locked, urgent);
    guard(listener, signals);
}
