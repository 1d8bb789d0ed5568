/* What the guest kernel may touch on its host: LD_PRELOAD into linux.uml together with vtime.c.
 *
 * The guest's root is the host's own file system. It is mounted read-only, but the guest is root in
 * there and could mount it again; so every change of a file is also refused here, in the kernel's
 * own process, unless it lies in a folder of CONFINE_WRITABLE (real paths, separated by newlines).
 * The guest's memory is an anonymous file: UML's own choice, a file in /dev/shm, fails in containers
 * where that is 64 MB or mounted noexec.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#define REAL(name)                                                                     \
	({                                                                             \
		static __typeof__(&name) real;                                         \
		if (!real)                                                             \
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);             \
		real;                                                                  \
	})

static char writable[2 * PATH_MAX];

__attribute__((constructor)) static void start(void)
{
	const char *list = getenv("CONFINE_WRITABLE");

	snprintf(writable, sizeof writable, "%s", list ? list : "");
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* the kernel does not outlive who watches over it */
}

static int below(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return n && !strncmp(folder, path, n) && (path[n] == '/' || !path[n]);
}

/* Whether a change of the directory entry `path` is allowed; the entry itself need not exist. */
static int may_change(const char *path)
{
	char parent[PATH_MAX], real[PATH_MAX], list[sizeof writable], *slash, *folder, *rest;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (!slash)
		strcpy(parent, ".");
	else
		slash[slash == parent] = 0;
	if (realpath(parent, real)) {
		strcpy(list, writable);
		for (folder = strtok_r(list, "\n", &rest); folder; folder = strtok_r(NULL, "\n", &rest))
			if (below(folder, real))
				return 1;
	}
	errno = EROFS;
	return 0;
}

/* Opening may follow a last symbolic link, so the file that is really meant must be allowed. */
static int may_open(const char *path)
{
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(path, real))
		return may_change(path);
	if (!stat(real, &st) && S_ISCHR(st.st_mode))
		return 1;
	return may_change(real);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
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

/* UML makes the file of its memory with mkstemp and removes the name at once. */
static char memory_name[PATH_MAX];

int mkstemp64(char *template)
{
	int fd = memfd_create("guest-memory", MFD_CLOEXEC);

	if (fd < 0)
		return REAL(mkstemp64)(template);
	snprintf(memory_name, sizeof memory_name, "%s", template);
	return fd;
}

int unlink(const char *path)
{
	if (*memory_name && !strcmp(path, memory_name)) {
		*memory_name = 0;
		return 0;
	}
	return may_change(path) ? REAL(unlink)(path) : -1;
}
