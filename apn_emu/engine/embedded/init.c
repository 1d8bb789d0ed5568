/* First process of the guest: mounts what the emulator needs at fixed places, then runs Python.
 *
 * A C program and not a shell script, because starting a process is what costs time in the guest.
 * Every path is the same on every machine and for every user (/mnt/...), so that a run's bytes do
 * not depend on where things are installed: looking up a path takes memory in the guest, and how
 * memory is taken draws on its entropy. So the guest begins in the folder of this program and goes
 * over to the host's root from there. The kernel's command line sets, for this program,
 *
 *   APN_MOUNTS=FD:NAME:ro|rw,...   host folders, as descriptors of the kernel's process, to /mnt/NAME
 *   APN_PYTHON=PROGRAM             below /mnt/python
 *   APN_START_S=SECONDS            uptime at which Python starts, the same in every run
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1); /* the kernel panics, and the host says why */
	}
}

static void tmpfs(const char *path)
{
	must(mount("tmpfs", path, "tmpfs", 0, "mode=1777"), path);
}

static void mount_host_folders(char *list)
{
	char source[64], target[128], *entry, *rest;
	int fd;
	char name[64], mode[4];

	for (entry = strtok_r(list, ",", &rest); entry; entry = strtok_r(NULL, ",", &rest)) {
		if (sscanf(entry, "%d:%63[^:]:%3s", &fd, name, mode) != 3)
			must(-1, entry);
		snprintf(source, sizeof source, "/proc/self/fd/%d/.", fd); /* . for a link is read */
		snprintf(target, sizeof target, "/mnt/%s", name);
		mkdir(target, 0755);
		must(mount("none", target, "hostfs", strcmp(mode, "rw") ? MS_RDONLY : 0, source), target);
	}
}

static void enter_host_root(void)
{
	must(mount("none", "/host", "hostfs", MS_RDONLY, "/"), "/host");
	must(chdir("/host"), "/host");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root"); /* ours is then above the new one */
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "/");
}

int main(void)
{
	struct timespec start = {atoi(getenv("APN_START_S")), 0};
	char python[256];

	/* In a user namespace the host's root folder seems to be owned by nobody; set-user-id programs
	 * (ping) would drop to that user and lose what they need. */
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	enter_host_root();
	must(mount("proc", "/proc", "proc", 0, NULL), "/proc");
	must(mount("sysfs", "/sys", "sysfs", 0, NULL), "/sys");
	tmpfs("/mnt");
	mount_host_folders(getenv("APN_MOUNTS"));
	tmpfs("/tmp");
	tmpfs("/run");
	must(mount("devtmpfs", "/dev", "devtmpfs", 0, NULL), "/dev");
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 01777);
	must(mount("devpts", "/dev/pts", "devpts", 0, NULL), "/dev/pts");
	tmpfs("/dev/shm");

	/* ping and ovs-vswitchd take a clock below 10 s for one that was never set. */
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, NULL);

	char *const environment[] = {
		"PATH=/mnt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/run", "LANG=C.UTF-8", "PYTHONHOME=/mnt/python", "PYTHONPATH=/mnt/code", "PYTHONHASHSEED=0",
		"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1", NULL};
	snprintf(python, sizeof python, "/mnt/python/%s", getenv("APN_PYTHON"));
	char *const arguments[] = {python, "-S", "-s", "-P", "/mnt/code/apn_emu/engine/embedded/guest.pyc", NULL};
	execve(python, arguments, environment);
	must(-1, python);
}
