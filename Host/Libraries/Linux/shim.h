#pragma once
/* What Linux has beyond the C library that Swift imports. Small on purpose: whatever a header here brings
 * along would belong to this module. */
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* The C library declares these only under _GNU_SOURCE, which a module cannot set for another. */
struct sockaddr;
int accept4(int descriptor, struct sockaddr *address, unsigned *length, int flags);
/* malloc.h would bring others along. */
int mallopt(int parameter, int value);
enum { MMAP_THRESHOLD = -3 }; /* M_MMAP_THRESHOLD */
int pthread_setname_np(unsigned long thread, const char *name);
