"""System calls that code may not make, by number.

The numbers are those of Linux: arch/x86/entry/syscalls/syscall_64.tbl for x86_64 and
include/uapi/asm-generic/unistd.h for aarch64 (-1 where a call does not exist). Which calls a container should not
make: Docker's default seccomp profile, https://docs.docker.com/engine/security/seccomp/.
"""

FIRST_UNKNOWN = 452
"""A call from this number on is newer than the list: it is answered as if the kernel did not know it."""

_FORBIDDEN = """
acct 163 89, add_key 248 217, adjtimex 159 171, bpf 321 280, chroot 161 51, clock_adjtime 305 266,
clock_settime 227 112, delete_module 176 106, fanotify_init 300 262, fanotify_mark 301 263, finit_module 313 273,
fsconfig 431 431, fsmount 432 432, fsopen 430 430, fspick 433 433, init_module 175 105, io_uring_enter 426 426,
io_uring_register 427 427, io_uring_setup 425 425, ioperm 173 -1, iopl 172 -1, kcmp 312 272,
kexec_file_load 320 294, kexec_load 246 104, keyctl 250 219, lookup_dcookie 212 18, memfd_create 319 279,
memfd_secret 447 447, migrate_pages 256 238, mknod 133 -1, mknodat 259 33, modify_ldt 154 -1, mount 165 40,
mount_setattr 442 442, move_mount 429 429, move_pages 279 239, mq_open 240 180, msgget 68 186,
name_to_handle_at 303 264, nfsservctl 180 42, open_by_handle_at 304 265, open_tree 428 428,
perf_event_open 298 241, personality 135 92, pidfd_getfd 438 438, pidfd_open 434 434, pidfd_send_signal 424 424,
pivot_root 155 41, process_madvise 440 440, process_mrelease 448 448, process_vm_readv 310 270,
process_vm_writev 311 271, ptrace 101 117, quotactl 179 60, quotactl_fd 443 443, reboot 169 142,
request_key 249 218, sched_setattr 314 274, semget 64 190, setdomainname 171 162, sethostname 170 161,
setns 308 268, setpgid 109 154, setsid 112 157, settimeofday 164 170, shmget 29 194, socket 41 198,
bind 49 200, connect 42 203, listen 50 201,
swapoff 168 225, swapon 167 224, sysfs 139 -1, syslog 103 116, umount2 166 39, unshare 272 97, uselib 134 -1,
userfaultfd 323 282, ustat 136 -1, vhangup 153 58, vmsplice 278 75
"""
_ALONE = """
fork 57 -1, vfork 58 -1, execve 59 221, execveat 322 281, tkill 200 130, rt_sigqueueinfo 129 138,
rt_tgsigqueueinfo 297 240
"""
_PRETENDED = """
chmod 90 -1, fchmod 91 52, fchmodat 268 53, chown 92 -1, fchown 93 55, lchown 94 -1, fchownat 260 54, setxattr 188 5,
lsetxattr 189 6, fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, utime 132 -1,
utimes 235 -1, futimesat 261 -1, utimensat 280 88
"""
_UNTOUCHED = """
setpriority 141 140, sched_setaffinity 203 122, sched_setscheduler 144 119, sched_setparam 142 118, ioprio_set 251 30,
inotify_add_watch 254 27
"""
_UNCOUNTED = """
fallocate 285 47, splice 275 76, io_setup 206 0, io_submit 209 2, sendmsg 46 211, sendmmsg 307 269
"""
_LOOKED_AT = """
clone 56 220, clone3 435 435, kill 62 129, tgkill 234 131, prctl 157 167, prlimit64 302 261, ioctl 16 29, fcntl 72 25,
socketpair 53 199, mmap 9 222, truncate 76 45, open 2 -1, openat 257 56, openat2 437 437
"""


def _table(text: str, column: int) -> dict[str, int]:
    rows = [row.split() for row in text.replace("\n", " ").split(",")]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-1"}


COLUMNS = {"x86_64": 1, "aarch64": 2, "arm64": 2}


def forbidden(machine: str) -> dict[str, int]:
    """What no code may call."""
    return _table(_FORBIDDEN, COLUMNS[machine])


def forbidden_alone(machine: str) -> dict[str, int]:
    """What code may not call that can start no other process."""
    return _table(_ALONE, COLUMNS[machine])


def pretended(machine: str) -> dict[str, int]:
    """What Landlock lets code do to every file of its user, and is left out here without a word: modes and times."""
    return _table(_PRETENDED, COLUMNS[machine])


def untouched(machine: str) -> dict[str, int]:
    """What code could do to other processes of its user that it sees."""
    return _table(_UNTOUCHED, COLUMNS[machine])


def uncounted(machine: str) -> dict[str, int]:
    """What fills a disk without being counted as written (/proc/PID/io), or hides open files in a socket."""
    return _table(_UNCOUNTED, COLUMNS[machine])


def looked_at(machine: str) -> dict[str, int]:
    """What is allowed or not by its arguments."""
    return _table(_LOOKED_AT, COLUMNS[machine])
