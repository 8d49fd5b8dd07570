/* Finds, counts and kills processes. Each walk sends `sig` to what it finds, unless it is 0, and returns how many. */
#pragma once
#include <sys/stat.h>
#include <sys/types.h>

/* All descendants of this process, parents before children, zombies included; -1: the kernel has no CONFIG_PROC_CHILDREN.
   `*list`, if wanted, shows them until the next walk. */
int tree_walk(int sig, const pid_t **list);
/* Those that run postgres in the working directory `dir`, whoever their parent is; zombies are not among them. */
int data_dir_walk(const struct stat *dir, int sig);
/* The state letter of /proc/PID/stat (R, S, D, T, Z, …), or '-' when there is no such process. */
char process_state(pid_t pid);
/* Where in the kernel it waits, by /proc/PID/wchan, or "-" when it runs, is gone, or the kernel does not say. */
void process_wchan(pid_t pid, char *name, size_t size);
