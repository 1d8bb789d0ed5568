/* What the guest kernel may touch on its host: LD_PRELOAD into linux.uml together with vtime.c.
 *
 * The guest's root is the host's own file system. It is mounted read-only, but the guest is root in
 * there and could mount it again; so every change of a file is also refused here, in the kernel's
 * own process, unless it lies in a folder of CONFINE_WRITABLE (real paths, separated by newlines).
 * The guest's memory is an anonymous file: UML's own choice, a nameless file in /dev/shm, fails in
 * containers where that is 64 MB or mounted noexec.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "real.h"

static char writable[2 * PATH_MAX]; /* folders, separated by newlines */

__attribute__((constructor)) static void start(void)
{
	const char *list = getenv("CONFINE_WRITABLE");

	snprintf(writable, sizeof writable, "%s", list ? list : "");
}

static int below(const char *folder, size_t n, const char *path)
{
	return n && !strncmp(folder, path, n) && (path[n] == '/' || !path[n]);
}

/* The real path of an existing file, resolved by the host's kernel; NULL if there is none. Static
 * buffers here and below, for the guest kernel calls this on its own small stack, and is one thread. */
static const char *real_path(const char *path)
{
	static char link[32], real[PATH_MAX];
	int fd = syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	ssize_t n = -1;

	if (fd >= 0) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof real - 1);
		close(fd);
	}
	if (n < 0)
		return NULL;
	real[n] = 0;
	return real;
}

static int is_writable(const char *real)
{
	const char *folder = writable, *end;

	for (; real && *folder; folder = *end ? end + 1 : end) {
		end = strchrnul(folder, '\n');
		if (below(folder, end - folder, real))
			return 1;
	}
	errno = EROFS;
	return 0;
}

/* Whether a change of the directory entry `path` is allowed; the entry itself need not exist. */
static int may_change(const char *path)
{
	static char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (!slash)
		return is_writable(real_path("."));
	slash[slash == parent] = 0;
	return is_writable(real_path(parent));
}

/* Opening follows a last symbolic link, so the file that is really meant must be allowed. */
static int may_open(const char *path)
{
	struct stat st;
	const char *real;

	if (!stat(path, &st) && S_ISCHR(st.st_mode))
		return 1;
	real = real_path(path);
	return real ? is_writable(real) : may_change(path);
}

void await_host(const char *path); /* await.c */

int open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	await_host(path);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return memfd_create("guest-memory", MFD_CLOEXEC);
	if (((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)) && !may_open(path))
		return -1;
	return REAL(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));

#define GUARD(name, parameters, arguments, condition)                                  \
	int name parameters                                                            \
	{                                                                              \
		return (condition) ? REAL(name) arguments : -1;                        \
	}

GUARD(unlink, (const char *path), (path), may_change(path))
GUARD(rmdir, (const char *path), (path), may_change(path))
GUARD(mkdir, (const char *path, mode_t mode), (path, mode), may_change(path))
GUARD(mknod, (const char *path, mode_t mode, dev_t dev), (path, mode, dev), may_change(path))
GUARD(symlink, (const char *to, const char *path), (to, path), may_change(path))
GUARD(link, (const char *from, const char *to), (from, to), may_open(from) && may_change(to))
GUARD(rename, (const char *from, const char *to), (from, to), may_change(from) && may_change(to))
GUARD(chmod, (const char *path, mode_t mode), (path, mode), may_open(path))
GUARD(chown, (const char *path, uid_t u, gid_t g), (path, u, g), may_open(path))
GUARD(truncate64, (const char *path, off64_t size), (path, size), may_open(path))
GUARD(utime, (const char *path, const struct utimbuf *t), (path, t), may_open(path))
GUARD(utimes, (const char *path, const struct timeval t[2]), (path, t), may_open(path))

/* hostfs renames by the system call itself; vtime.c, which stands in for syscall(), asks here. */
int confine_may_rename(const char *from, const char *to)
{
	return may_change(from) && may_change(to);
}
