/* The guest waits for its user: LD_PRELOAD into linux.uml together with vtime.c.
 *
 * A guest that idles jumps to its next timer, so one that waited for a person would run through days
 * of its time. Instead, opening the file named AWAIT_FILE holds the whole guest in its kernel's own
 * system call until the host has written a byte to the pipe with the descriptor AWAIT_FD: no time
 * passes in it, and nothing in there depends on how long that took.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *file;
static int pipe_fd;

__attribute__((constructor)) static void start(void)
{
	const char *fd = getenv("AWAIT_FD");

	file = getenv("AWAIT_FILE");
	pipe_fd = fd ? atoi(fd) : -1;
}

void await_host(const char *path)
{
	size_t n = strlen(path), m = file ? strlen(file) : 0;
	sigset_t alarm, before;
	char byte;

	if (!m || n < m || strcmp(path + n - m, file))
		return;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM); /* vtime.c's watchdog, which would push the clock */
	sigprocmask(SIG_BLOCK, &alarm, &before);
	while (syscall(SYS_read, pipe_fd, &byte, 1) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
}
