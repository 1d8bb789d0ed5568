/* Virtual time for a prebuilt User-Mode Linux kernel: LD_PRELOAD into linux.uml only.
 *
 * UML asks its host's C library for every clock read, timer and idle wait. Answered here, the
 * guest's time is a number that the host's speed and load cannot touch:
 *
 *   idle guest      -> time jumps to the next timer that the guest armed
 *   guest user code -> each return to user mode (system call, page fault) costs a little, see price()
 *   everything else -> takes no time
 *
 * Environment: VT=0 leaves real time; VT_EPOCH is the wall clock at boot (s); VT_LIMIT_S ends the
 * guest at that virtual time; VT_STATS names the file of counters.
 * docs/virtual-time.md says what this makes exact, and what not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define NS 1000000000LL

#include "real.h"

static int enabled;
static pid_t owner; /* the process that keeps the guest's timer */
static int64_t now, epoch, limit = INT64_MAX; /* ns of virtual time */
static int64_t deadline, interval;            /* the guest's one timer; 0 = not armed */
static uint64_t resumes, busy, jumps, ticks, forced;

/* The program that was the last to go on for SPIN returns to user mode without the guest ever idling.
 * If its name cannot be read (spinner.c), the next attempt is LOOK_AGAIN returns later. */
#define SPIN 200000
#define LOOK_AGAIN 1000
static char spinner[256];
static int64_t spun_at;    /* ns of virtual time at which that became clear */
static uint64_t spun_busy; /* how many returns they were in the end */
static int nameless;

pid_t running_stub(void);
int name_program(pid_t stub, char *name, size_t size);

static int64_t env_int(const char *key, int64_t otherwise)
{
	const char *value = getenv(key);
	return value && *value ? atoll(value) : otherwise;
}

/* ---- counters, and the end ------------------------------------------------------------------ */

static void write_stats(void)
{
	const char *path = getenv("VT_STATS");
	char text[800];
	int n, fd;

	if (!path || owner != getpid()) /* helper processes of the kernel end, too */
		return;
	n = snprintf(text, sizeof text,
		     "{\"virtual_ns\": %ld, \"resumes\": %lu, \"idle_jumps\": %lu, \"ticks\": %lu, "
		     "\"forced\": %lu, \"spinner\": \"%s\", \"spun_busy\": %lu, \"spun_at_ns\": %ld}\n",
		     (long)now, resumes, jumps, ticks, forced, spinner, spun_busy, (long)spun_at);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0) {
		syscall(SYS_write, fd, text, n);
		syscall(SYS_close, fd);
	}
}

static void end_at_limit(void)
{
	static const char why[] = "vtime: virtual time limit reached\n";

	syscall(SYS_write, 2, why, sizeof why - 1);
	write_stats();
	syscall(SYS_exit_group, 75);
}

/* ---- time passes ---------------------------------------------------------------------------- */

static int delivering; /* the SIGALRM on its way is ours, not the watchdog's */

static void expire(void)
{
	ticks++;
	deadline = interval ? deadline + interval : 0;
}

/* What one return to user mode costs, in ns. Short bursts, such as Open vSwitch deciding about the
 * first packet of a flow, are part of the emulator and next to free. A program that goes on without
 * ever idling is waiting for the clock: it pays more and more, so that a spin of a virtual second
 * ends after thousands of system calls, not after millions. */
static int64_t price(void)
{
	return busy < 20000 ? 1 : busy < SPIN ? 100 : 5000;
}

static void resume(void)
{
	if (!enabled)
		return;
	resumes++;
	if (++busy == SPIN) {
		strcpy(spinner, "a program");
		spun_at = now;
		nameless = 1;
	}
	if (busy >= SPIN)
		spun_busy = busy;
	now += price();
	if (now > limit)
		end_at_limit();
	if (deadline && now >= deadline) {
		expire();
		delivering = 1;
		syscall(SYS_tgkill, owner, owner, SIGALRM); /* the kernel is one thread */
	}
}

static int spins(void)
{
	return nameless && busy % LOOK_AGAIN == 0;
}

/* A real timer breaks up waits in which no virtual time can pass: the kernel timing itself against
 * jiffies while it boots, user code that waits for a signal without any system call. Each break
 * ("forced") depends on the host's speed: a run with any is not exactly repeatable, and says so. */
#define WATCHDOG_S 5
static struct sigaction guest_alarm;

static void on_alarm(int sig, siginfo_t *info, void *context)
{
	static ucontext_t seen;
	static uint64_t last_resumes;
	static int64_t last_now;

	if (!delivering) {
		if (resumes != last_resumes || now != last_now || !deadline) {
			last_resumes = resumes;
			last_now = now;
			return;
		}
		forced++;
		now = deadline;
		expire();
	}
	delivering = 0;
	/* The guest stirs where it was interrupted into its entropy: that is here, at an address which
	 * the host chooses anew for every process. */
	seen = *(ucontext_t *)context;
	seen.uc_mcontext.gregs[REG_RIP] = 0;
	guest_alarm.sa_sigaction(sig, info, &seen);
}

int sigaction(int sig, const struct sigaction *set, struct sigaction *old)
{
	struct sigaction ours;

	if (!enabled || sig != SIGALRM || !set || set->sa_handler == SIG_DFL ||
	    set->sa_handler == SIG_IGN)
		return REAL(sigaction)(sig, set, old);
	guest_alarm = ours = *set;
	ours.sa_sigaction = on_alarm;
	ours.sa_flags |= SA_SIGINFO;
	return REAL(sigaction)(sig, &ours, old);
}

/* ---- clock and timer ------------------------------------------------------------------------ */

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int64_t value = now + (clock == CLOCK_REALTIME ? epoch : 0);

	if (!enabled)
		return syscall(SYS_clock_gettime, clock, t);
	t->tv_sec = value / NS;
	t->tv_nsec = value % NS;
	return 0;
}

int timer_create(clockid_t clock, struct sigevent *event, timer_t *id)
{
	const struct itimerval period = {{WATCHDOG_S, 0}, {WATCHDOG_S, 0}};

	if (!enabled)
		return REAL(timer_create)(clock, event, id);
	owner = getpid();
	setitimer(ITIMER_REAL, &period, NULL);
	*id = (timer_t)1;
	return 0;
}

/* The guest's clock counts steps of 256 ns (TIMER_MULTIPLIER in arch/um), and it asks for one ns more
 * than it wants. So a timer counts from the last step, and expires at a step: before that the guest
 * would find that its time has not come, and after it packets would be late. */
#define STEP 256

static int64_t at_step(int64_t value)
{
	int64_t wanted = now / STEP * STEP + value - 1;

	return (wanted + STEP - 1) / STEP * STEP;
}

int timer_settime(timer_t id, int flags, const struct itimerspec *set, struct itimerspec *old)
{
	int64_t value = set->it_value.tv_sec * NS + set->it_value.tv_nsec;

	if (!enabled)
		return REAL(timer_settime)(id, flags, set, old);
	interval = set->it_interval.tv_sec * NS + set->it_interval.tv_nsec;
	deadline = value ? at_step(value) : 0;
	return 0;
}

int timer_gettime(timer_t id, struct itimerspec *left)
{
	int64_t ns = !deadline ? 0 : deadline > now ? deadline - now : 1;

	if (!enabled)
		return REAL(timer_gettime)(id, left);
	memset(left, 0, sizeof *left);
	left->it_value.tv_sec = ns / NS;
	left->it_value.tv_nsec = ns % NS;
	return 0;
}

/* ---- idle ----------------------------------------------------------------------------------- */

/* The guest waits for any signal: time jumps to its timer. The interrupt comes as a plain call, for
 * here the guest has its interrupts off and SIGALRM blocked: its handler only notes what to do, and a
 * real signal would take eight system calls of the host to say the same. */
static int jump_to_deadline(void)
{
	static ucontext_t nowhere;

	jumps++;
	busy = nameless = 0;
	if (deadline > now)
		now = deadline;
	if (now > limit)
		end_at_limit();
	expire();
	guest_alarm.sa_sigaction(SIGALRM, NULL, &nowhere);
	errno = EINTR;
	return -1;
}

int sigsuspend(const sigset_t *mask) /* up to 6.18 */
{
	return enabled && deadline ? jump_to_deadline() : REAL(sigsuspend)(mask);
}

static int idle_fd = -1;

int signalfd(int fd, const sigset_t *mask, int flags)
{
	return idle_fd = REAL(signalfd)(fd, mask, flags);
}

int poll(struct pollfd *fds, nfds_t n, int timeout_ms) /* from 6.19: a poll on a signalfd */
{
	if (enabled && deadline && n == 1 && fds->fd == idle_fd)
		return jump_to_deadline();
	return REAL(poll)(fds, n, timeout_ms);
}

int confine_may_rename(const char *from, const char *to); /* confine.c */

/* ---- returns to user mode ------------------------------------------------------------------- */

/* In seccomp mode (from 6.16) a wake of the stub's futex is a return to user mode. */
long syscall(long nr, ...)
{
	va_list ap;
	long a[6], result;
	int wakes;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_renameat2 && !confine_may_rename((const char *)a[1], (const char *)a[3]))
		return -1;
	wakes = nr == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAKE;
	if (wakes)
		resume();
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	if (wakes && spins())
		nameless = !name_program(running_stub(), spinner, sizeof spinner);
	if (result < 0 && result > -4096) {
		errno = -result;
		return -1;
	}
	return result;
}

/* In ptrace mode it is the PTRACE_CONT or PTRACE_SYSCALL of the stub. Two repairs on the way:
 * stubs die with the kernel (EXITKILL), and the vector state is widened for processors whose state
 * outgrows UML's buffer (AMX), which else fail with ENOSPC. And a saving: the kernel reads a stub's
 * vector state after each stop and writes it back before it goes on, mostly as it was. */
#define GETREGSET 0x4204
#define SETREGSET 0x4205
#define SETOPTIONS 0x4200
#define OLDSETOPTIONS 21
#define EXITKILL 0x100000
#define SYSEMU 31
#define SYSEMU_SINGLESTEP 32
#define NT_X86_XSTATE 0x202
#define XSTATE_BV 512
#define XSTATE_LEGACY_TO_AVX512_PKRU 0x2ff

static pid_t holder; /* the stub that stopped last, whose state is as it was read */

static long xstate(long request, pid_t pid, struct iovec *guest)
{
	static char state[65536];
	static size_t size;
	struct iovec host = {state, sizeof state};
	size_t n;
	long result;

	if (request == GETREGSET) {
		result = REAL(ptrace)(request, pid, (void *)NT_X86_XSTATE, &host);
		if (!result) {
			n = host.iov_len < guest->iov_len ? host.iov_len : guest->iov_len;
			memcpy(guest->iov_base, state, n);
			guest->iov_len = n;
			holder = pid;
		}
		return result;
	}
	if (pid == holder && !memcmp(state, guest->iov_base, guest->iov_len))
		return 0;
	holder = 0;
	if (!size && !REAL(ptrace)(GETREGSET, pid, (void *)NT_X86_XSTATE, &host))
		size = host.iov_len;
	n = guest->iov_len < size ? guest->iov_len : size;
	host.iov_len = size;
	memset(state, 0, size);
	memcpy(state, guest->iov_base, n);
	if (n < size)
		*(uint64_t *)(state + XSTATE_BV) &= XSTATE_LEGACY_TO_AVX512_PKRU;
	return REAL(ptrace)(SETREGSET, pid, (void *)NT_X86_XSTATE, &host);
}

long ptrace(enum __ptrace_request which, ...)
{
	int request = which;
	va_list ap;

	va_start(ap, which);
	pid_t pid = va_arg(ap, pid_t);
	void *address = va_arg(ap, void *), *data = va_arg(ap, void *);
	va_end(ap);
	if ((request == GETREGSET || request == SETREGSET) && (uintptr_t)address == NT_X86_XSTATE)
		return xstate(request, pid, data);
	if (request == SETOPTIONS || request == OLDSETOPTIONS)
		data = (void *)((uintptr_t)data | EXITKILL);
	if (request == PTRACE_CONT || request == PTRACE_SYSCALL || request == SYSEMU ||
	    request == SYSEMU_SINGLESTEP) {
		holder = 0;
		resume();
		if (spins())
			nameless = !name_program(pid, spinner, sizeof spinner);
	}
	return REAL(ptrace)(request, pid, address, data);
}

/* ---- start and end -------------------------------------------------------------------------- */

__attribute__((constructor)) static void start(void)
{
	enabled = env_int("VT", 1);
	epoch = env_int("VT_EPOCH", 1767225600) * NS;
	limit = env_int("VT_LIMIT_S", INT64_MAX / NS) * NS;
}

__attribute__((destructor)) static void finish(void)
{
	write_stats();
}
