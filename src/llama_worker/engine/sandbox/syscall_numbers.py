"""System calls by name, with their numbers on x86-64 and on 64-bit ARM (None: there is none of that name)."""

from __future__ import annotations

from typing import Final

Numbers = tuple[int | None, int | None]

EXECUTE: Final[dict[str, Numbers]] = {
    "execve": (59, 221),
    "execveat": (322, 281),
}
FORK: Final[dict[str, Numbers]] = {
    "fork": (57, None),
    "vfork": (58, None),
}
CLONE: Final[Numbers] = (56, 220)
CLONE3: Final[Numbers] = (435, 435)
SOCKET: Final[Numbers] = (41, 198)
SENDTO: Final[Numbers] = (44, 206)
SYSINFO: Final[Numbers] = (99, 179)
SECCOMP: Final[Numbers] = (317, 277)
REACH_OTHERS: Final[dict[str, Numbers]] = {
    "connect": (42, 203),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
}
# Other processes, other namespaces, the machine's state, and parts of the kernel that no engine needs and that were
# its weak spots before.
NEVER: Final[dict[str, Numbers]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "personality": (135, 92),
}
