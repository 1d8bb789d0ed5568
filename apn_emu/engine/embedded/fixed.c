/* What a guest sees of its host beside time, made the same everywhere: LD_PRELOAD into linux.uml
 * together with vtime.c.
 *
 *   where memory begins -> at a fixed address
 *   entropy             -> a stream from the seed in the environment (VT_SEED)
 *   order of a folder   -> by name
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t seed;

/* ---- memory --------------------------------------------------------------------------------- */

/* The guest's memory begins behind the heap, which the host puts at random within 1 GB behind the
 * program (which is at 0x60000000): sizes, addresses and then entropy in the guest would follow. So
 * the heap is moved up to where it can always be. What lies before it is never touched. */
#define HEAP 0xa8000000

static void fix_heap(void)
{
	static const char why[] = "no room for the heap at its fixed address\n";
	intptr_t missing = HEAP - (uintptr_t)sbrk(0);

	if (missing < 0 || sbrk(missing) == (void *)-1) {
		syscall(SYS_write, 2, why, sizeof why - 1);
		syscall(SYS_exit_group, 75);
	}
}

/* ---- entropy: splitmix64 -------------------------------------------------------------------- */

static uint64_t next_random(void)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

ssize_t getrandom(void *buffer, size_t n, unsigned flags)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)buffer)[i] = next_random() >> 24;
	return n;
}

/* ---- folders -------------------------------------------------------------------------------- */

struct listing {
	int n, at;
	struct dirent **entries;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

DIR *opendir(const char *path)
{
	struct listing *all = calloc(1, sizeof *all);

	if (all && (all->n = scandir(path, &all->entries, NULL, by_name)) >= 0)
		return (DIR *)all;
	free(all);
	return NULL;
}

struct dirent *readdir(DIR *folder)
{
	struct listing *all = (struct listing *)folder;

	if (all->at >= all->n)
		return NULL;
	all->entries[all->at]->d_off = all->at + 1; /* where hostfs goes on */
	return all->entries[all->at++];
}

struct dirent64 *readdir64(DIR *folder)
{
	return (struct dirent64 *)readdir(folder); /* the same on 64-bit machines */
}

long telldir(DIR *folder)
{
	return ((struct listing *)folder)->at;
}

void seekdir(DIR *folder, long at)
{
	((struct listing *)folder)->at = at;
}

int closedir(DIR *folder)
{
	struct listing *all = (struct listing *)folder;

	while (all->n--)
		free(all->entries[all->n]);
	free(all->entries);
	free(all);
	return 0;
}

__attribute__((constructor)) static void start(void)
{
	const char *value = getenv("VT_SEED");

	seed = value ? atoll(value) : 1;
	fix_heap();
}
