/* Who spins: the name of the guest's program behind a stub. LD_PRELOAD into linux.uml with vtime.c.
 *
 * A stub is the host's process that holds the memory of a guest's program. In seccomp mode the
 * kernel wakes it by a futex, without its process id; but all processes of a machine share one
 * processor, so just after the wake the stub is the one child that can run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t contents(const char *path, char *text, size_t size)
{
	int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n = fd < 0 ? -1 : syscall(SYS_read, fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
	return n;
}

/* The child that can run, and does not sleep; 0 if there is none. */
pid_t running_stub(void)
{
	static char children[65536], path[64], stat[256];
	char *next = children, *end, *state;
	pid_t pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	contents(path, children, sizeof children);
	for (; (pid = strtol(next, &end, 10)); next = end) {
		snprintf(path, sizeof path, "/proc/%d/stat", pid);
		contents(path, stat, sizeof stat);
		state = strrchr(stat, ')');
		if (state && state[2] == 'R')
			return pid;
	}
	return 0;
}

/* Where a program's stack begins, with its file name on top: until 6.1, from 6.12, from 6.16. */
static const uintptr_t stack_tops[] = {0x7fbfffe000, 0x7f7fffe000, 0x7f7fffffe000};

/* Returns whether the name of a stub's program could be read; else `name` stays as it is. */
int name_program(pid_t stub, char *name, size_t size)
{
	static char top[256];
	struct iovec ours = {top, sizeof top}, theirs = {NULL, sizeof top};
	size_t end = 0, start;

	for (size_t i = 0; i < sizeof stack_tops / sizeof *stack_tops && stub && !end; i++) {
		theirs.iov_base = (void *)(stack_tops[i] - sizeof top);
		if (syscall(SYS_process_vm_readv, stub, &ours, 1L, &theirs, 1L, 0L) == sizeof top)
			end = sizeof top;
	}
	while (end && !top[end - 1])
		end--;
	for (start = end; start && top[start - 1] > ' ' && !strchr("\"\\", top[start - 1]); start--)
		;
	if (start < end)
		snprintf(name, size, "%.*s", (int)(end - start), top + start);
	return start < end;
}
