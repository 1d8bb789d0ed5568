/* The C library's own function, from a function of ours that stands in for it. */
#pragma once
#include <dlfcn.h>

#define REAL(name)                                                                     \
	({                                                                             \
		static __typeof__(&name) real;                                         \
		if (!real)                                                             \
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);             \
		real;                                                                  \
	})
