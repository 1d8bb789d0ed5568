/* No process of the guest kernel outlives its parent: LD_PRELOAD into linux.uml with vtime.c.
 *
 * The kernel asks to be killed when its guard ends, and so do its helpers when it ends; the stubs
 * that hold user code are ended by ptrace (vtime.c).
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "real.h"

struct start {
	int (*function)(void *);
	void *argument;
};

static int begin(void *argument)
{
	struct start start = *(struct start *)argument;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return start.function(start.argument);
}

int clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
	static struct start starts[64]; /* a helper shares memory, and may begin a little later */
	static unsigned next;
	struct start *start = &starts[next++ % 64];

	*start = (struct start){function, argument};
	return REAL(clone)(begin, stack, flags, start);
}

__attribute__((constructor)) static void start(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}
