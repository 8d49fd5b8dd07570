/* The machine's watchdog, where one is configured: it resets the host when it is not fed for its time-out. */
#pragma once
#include <stdbool.h>

/* Opens `path`, which starts it. Slack is how long after the deadline the voters' promises end (H(1-rho) - T(1+rho)). False with errno;
   ERANGE: it does not keep that time-out. */
bool watchdog_open(const char *path, const char *timeout_s, const char *slack_ms);
bool watchdog_is_open(void);
int watchdog_timeout_s(void);
/* The last moment at which it may be fed for that deadline: not fed any more it resets the host before the promises end. */
long long watchdog_last(long long deadline);
void watchdog_feed(void);
/* How long to wait at most before it is to be fed again. */
int watchdog_pause_ms(void);
/* Nothing is left that it has to guard: it is told so ('V') and stops. */
void watchdog_release(void);
