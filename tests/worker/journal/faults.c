/* Preloaded into a program (LD_PRELOAD), it counts what the program changes on disk at one path: files made, bytes
   written, flushed, cut off and removed. At the n-th such step it does what FAULT says. Nothing else is touched.

   Environment: FAULT_PATH, the journal; FAULT_KIND and FAULT_STEP, or from within `fault_arm(kind, step)`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { NONE, KILL_BEFORE, KILL_AFTER, TORN, NO_SPACE, IO_ERROR, SHORT_WRITE, FULL_FROM_HERE };
enum { MOST_FILES = 1024 };

static const char *journal;
static char folder[PATH_MAX];
static char watched[MOST_FILES];
static volatile long steps, armed;
static volatile int fault;

void fault_arm(int kind, long step) { steps = 0; armed = step; fault = kind; }
long fault_steps(void) { return steps; }

__attribute__((constructor)) static void begin(void) {
    journal = getenv("FAULT_PATH");
    if (!journal) return;
    strncpy(folder, journal, sizeof folder - 1);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    if (getenv("FAULT_KIND")) fault_arm(atoi(getenv("FAULT_KIND")), atol(getenv("FAULT_STEP")));
}

static int concerns(const char *path) {
    return journal && path && (!strncmp(path, journal, strlen(journal)) || !strcmp(path, folder));
}

static int is_watched(int file) { return file >= 0 && file < MOST_FILES && watched[file]; }

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* What is to be done at this step; dies before it, sets errno for it. */
static int at_this_step(void) {
    long now = __sync_add_and_fetch(&steps, 1);
    if (!armed || now < armed || (now > armed && fault != FULL_FROM_HERE)) return NONE;
    if (fault == KILL_BEFORE) die();
    if (fault == NO_SPACE || fault == FULL_FROM_HERE) errno = ENOSPC;
    if (fault == IO_ERROR) errno = EIO;
    return fault;
}

static int fails(int kind) { return kind == NO_SPACE || kind == FULL_FROM_HERE || kind == IO_ERROR; }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define SIMPLE(result, name, parameters, arguments, watch, frees)                                                    \
    result name parameters {                                                                                           \
        if (!(watch)) return REAL(name) arguments;                                                                     \
        int kind = at_this_step();                                                                                     \
        if (kind == TORN) die();                                                                                       \
        if (fails(kind) && !((frees) && kind == FULL_FROM_HERE)) return -1;                                            \
        result done = REAL(name) arguments;                                                                            \
        if (kind == KILL_AFTER) die();                                                                                 \
        return done;                                                                                                   \
    }
/* A disk that is full takes no bytes; it flushes, cuts off and removes all the same. */
SIMPLE(int, fsync, (int file), (file), is_watched(file), 1)
SIMPLE(int, fdatasync, (int file), (file), is_watched(file), 1)
SIMPLE(int, ftruncate, (int file, off_t size), (file, size), is_watched(file), 1)
SIMPLE(int, ftruncate64, (int file, off64_t size), (file, size), is_watched(file), 1)
SIMPLE(int, unlink, (const char *path), (path), concerns(path), 1)

#define WRITE(name, more_parameters, more_arguments)                                                                   \
    ssize_t name(int file, const void *bytes, size_t size more_parameters) {                                           \
        if (!is_watched(file)) return REAL(name)(file, bytes, size more_arguments);                                    \
        int kind = at_this_step();                                                                                     \
        if (fails(kind)) return -1;                                                                                    \
        int partly = kind == TORN || (kind == SHORT_WRITE && size > 1);                                                \
        ssize_t done = REAL(name)(file, bytes, partly ? size / 2 : size more_arguments);                               \
        if (kind == KILL_AFTER || kind == TORN) die();                                                                 \
        return done;                                                                                                   \
    }
#define AND ,
WRITE(write, , )
WRITE(pwrite, AND off_t at, AND at)
WRITE(pwrite64, AND off64_t at, AND at)

static int opened(int file, const char *path) {
    if (file >= 0 && file < MOST_FILES) watched[file] = concerns(path);
    return file;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                                      \
        va_end(rest);                                                                                                  \
        int makes = (flags & O_CREAT) && concerns(path) && access(path, F_OK);                                         \
        int kind = makes ? at_this_step() : NONE;                                                                      \
        if (kind == TORN) die();                                                                                       \
        if (fails(kind)) return -1;                                                                                    \
        int file = opened(REAL(name)(path, flags, mode), path);                                                        \
        if (kind == KILL_AFTER) die();                                                                                 \
        return file;                                                                                                   \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    if (file >= 0 && file < MOST_FILES) watched[file] = 0;
    return REAL(close)(file);
}
