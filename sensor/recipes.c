/* SPDX-License-Identifier: Apache-2.0 */
#include "recipes.h"

#define A(n) {ARGUMENT, n, 0, AS_IS}
#define I(n) {INT, n, 0, AS_IS}
#define U(n) {UINT, n, 0, AS_IS}
#define U_AS(n, as) {UINT, n, 0, as}
#define T(n) {STRING, n, 0, AS_IS}
#define D(n) {DATA, n, 0, AS_IS}
#define W(n, offset) {WORD, n, offset, AS_IS}
#define W_AS(n, offset, as) {WORD, n, offset, as}
#define L(n, offset) {LONG, n, offset, AS_IS}
#define L_AS(n, offset, as) {LONG, n, offset, as}
#define R {RESULT, 0, 0, AS_IS}
#define OUT {TUPLE_OUT, 0, 0, AS_IS}
#define IN {TUPLE_IN, 0, 0, AS_IS}
#define DEV {DEVICE, 0, 0, AS_IS}
#define INO {INODE, 0, 0, AS_IS}
#define DYN(n) {DYNAMIC, n, 0, AS_IS}

/* In the order of the event table; arguments as system calls have them. */
const struct source recipes[CODES][MOST_PARAMETERS] = {
    [EVENT_generic] = {{CALL_ID, 0, 0, AS_IS}, {CALL_NUMBER, 0, 0, AS_IS}},
    [EVENT_open] =
        {[open__fd] = R, [open__name] = T(0), [open__flags] = U_AS(1, AS_OPEN_FLAGS), [open__mode] = U_AS(2, AS_OPEN_MODE),
         [open__dev] = DEV, [open__ino] = INO},
    [EVENT_close] = {[close__res] = R, [close__fd] = I(0)},
    [EVENT_read] = {[read__res] = R, [read__data] = D(1), [read__fd] = I(0), [read__size] = U(2)},
    [EVENT_write] = {[write__res] = R, [write__data] = D(1), [write__fd] = I(0), [write__size] = U(2)},
    [EVENT_socket] =
        {[socket__fd] = R, [socket__domain] = U(0), [socket__type] = U(1), [socket__proto] = U(2),
         [socket__flags] = U_AS(1, AS_SOCKET_TYPE)},
    [EVENT_bind] = {[bind__res] = R, [bind__addr] = {ADDRESS, 1, 0, AS_IS}, [bind__fd] = I(0)},
    [EVENT_connect] =
        {[connect__res] = R, [connect__tuple] = OUT, [connect__fd] = I(0), [connect__addr] = {ADDRESS, 1, 0, AS_IS}},
    [EVENT_listen] = {[listen__res] = R, [listen__fd] = I(0), [listen__backlog] = I(1)},
    [EVENT_send] = {[send__res] = R, [send__data] = D(1), [send__fd] = I(0), [send__size] = U(2), [send__tuple] = OUT},
    [EVENT_sendto] =
        {[sendto__res] = R, [sendto__data] = D(1), [sendto__fd] = I(0), [sendto__size] = U(2), [sendto__tuple] = OUT},
    [EVENT_recv] = {[recv__res] = R, [recv__data] = D(1), [recv__fd] = I(0), [recv__size] = U(2), [recv__tuple] = IN},
    [EVENT_recvfrom] =
        {[recvfrom__res] = R, [recvfrom__data] = D(1), [recvfrom__tuple] = IN, [recvfrom__fd] = I(0),
         [recvfrom__size] = U(2)},
    [EVENT_shutdown] = {[shutdown__res] = R, [shutdown__fd] = I(0), [shutdown__how] = U(1)},
    [EVENT_socketpair] =
        {[socketpair__res] = R, [socketpair__fd1] = W(3, 0), [socketpair__fd2] = W(3, 4), [socketpair__domain] = U(0),
         [socketpair__type] = U(1), [socketpair__proto] = U(2)},
    [EVENT_setsockopt] =
        {[setsockopt__res] = R, [setsockopt__fd] = I(0), [setsockopt__level] = U_AS(1, AS_SOCKOPT_LEVEL),
         [setsockopt__optname] = U_AS(2, AS_SOCKOPT), [setsockopt__optlen] = U(4)},
    [EVENT_getsockopt] =
        {[getsockopt__res] = R, [getsockopt__fd] = I(0), [getsockopt__level] = U_AS(1, AS_SOCKOPT_LEVEL),
         [getsockopt__optname] = U_AS(2, AS_SOCKOPT)},
    [EVENT_sendmsg] = {[sendmsg__res] = R, [sendmsg__data] = D(1), [sendmsg__fd] = I(0), [sendmsg__tuple] = OUT},
    [EVENT_sendmmsg] = {[sendmmsg__res] = R, [sendmmsg__fd] = I(0), [sendmmsg__data] = D(1), [sendmmsg__tuple] = OUT},
    [EVENT_recvmsg] = {[recvmsg__res] = R, [recvmsg__data] = D(1), [recvmsg__tuple] = IN, [recvmsg__fd] = I(0)},
    [EVENT_recvmmsg] = {[recvmmsg__res] = R, [recvmmsg__fd] = I(0), [recvmmsg__data] = D(1), [recvmmsg__tuple] = IN},
    [EVENT_creat] =
        {[creat__fd] = R, [creat__name] = T(0), [creat__mode] = U(1), [creat__dev] = DEV, [creat__ino] = INO,
         [creat__creat_flags] = U_AS(1, AS_LAYERS)},
    [EVENT_pipe] = {[pipe__res] = R, [pipe__fd1] = W(0, 0), [pipe__fd2] = W(0, 4), [pipe__ino] = INO},
    [EVENT_eventfd] = {[eventfd__res] = R, [eventfd__initval] = U(0)},
    [EVENT_futex] = {[futex__res] = R, [futex__addr] = A(0), [futex__op] = U(1), [futex__val] = U(2)},
    [EVENT_stat] = {[stat__res] = R, [stat__path] = T(0)},
    [EVENT_lstat] = {[lstat__res] = R, [lstat__path] = T(0)},
    [EVENT_fstat] = {[fstat__res] = R, [fstat__fd] = I(0)},
    [EVENT_epoll_wait] = {[epoll_wait__res] = R, [epoll_wait__maxevents] = I(2)},
    [EVENT_poll] = {[poll__res] = R},
    [EVENT_select] = {[select__res] = R},
    [EVENT_lseek] = {[lseek__res] = R, [lseek__fd] = I(0), [lseek__offset] = A(1), [lseek__whence] = U(2)},
    [EVENT_getcwd] = {[getcwd__res] = R, [getcwd__path] = T(0)},
    [EVENT_chdir] = {[chdir__res] = R, [chdir__path] = T(0)},
    [EVENT_fchdir] = {[fchdir__res] = R, [fchdir__fd] = I(0)},
    [EVENT_pread] =
        {[pread__res] = R, [pread__data] = D(1), [pread__fd] = I(0), [pread__size] = U(2), [pread__pos] = A(3)},
    [EVENT_pwrite] =
        {[pwrite__res] = R, [pwrite__data] = D(1), [pwrite__fd] = I(0), [pwrite__size] = U(2), [pwrite__pos] = A(3)},
    [EVENT_readv] = {[readv__res] = R, [readv__data] = D(1), [readv__fd] = I(0)},
    [EVENT_writev] = {[writev__res] = R, [writev__data] = D(1), [writev__fd] = I(0)},
    [EVENT_preadv] = {[preadv__res] = R, [preadv__data] = D(1), [preadv__fd] = I(0), [preadv__pos] = A(3)},
    [EVENT_pwritev] = {[pwritev__res] = R, [pwritev__data] = D(1), [pwritev__fd] = I(0), [pwritev__pos] = A(3)},
    [EVENT_signalfd] = {[signalfd__res] = R, [signalfd__fd] = I(0)},
    [EVENT_kill] = {[kill__res] = R, [kill__pid] = I(0), [kill__sig] = U(1)},
    [EVENT_tkill] = {[tkill__res] = R, [tkill__tid] = I(0), [tkill__sig] = U(1)},
    [EVENT_tgkill] = {[tgkill__res] = R, [tgkill__pid] = I(0), [tgkill__tid] = I(1), [tgkill__sig] = U(2)},
    [EVENT_nanosleep] = {[nanosleep__res] = R},
    [EVENT_timerfd_create] = {[timerfd_create__res] = R, [timerfd_create__clockid] = U(0), [timerfd_create__flags] = U(1)},
    [EVENT_inotify_init] = {[inotify_init__res] = R},
    [EVENT_getrlimit] =
        {[getrlimit__res] = R, [getrlimit__cur] = L(1, 0), [getrlimit__max] = L(1, 8), [getrlimit__resource] = U(0)},
    [EVENT_setrlimit] =
        {[setrlimit__res] = R, [setrlimit__cur] = L(1, 0), [setrlimit__max] = L(1, 8), [setrlimit__resource] = U(0)},
    [EVENT_prlimit] =
        {[prlimit__res] = R, [prlimit__newcur] = L(2, 0), [prlimit__newmax] = L(2, 8), [prlimit__oldcur] = L(3, 0),
         [prlimit__oldmax] = L(3, 8), [prlimit__pid] = I(0), [prlimit__resource] = U(1)},
    [EVENT_fcntl] = {[fcntl__res] = R, [fcntl__fd] = I(0), [fcntl__cmd] = U_AS(1, AS_FCNTL), [fcntl__arg] = A(2)},
    [EVENT_brk] = {[brk__res] = R, [brk__addr] = A(0)},
    [EVENT_mmap] =
        {[mmap__res] = R, [mmap__addr] = A(0), [mmap__length] = A(1), [mmap__prot] = U_AS(2, AS_PROT),
         [mmap__flags] = U_AS(3, AS_MMAP), [mmap__fd] = I(4), [mmap__offset] = A(5)},
    [EVENT_munmap] = {[munmap__res] = R, [munmap__addr] = A(0), [munmap__length] = A(1)},
    [EVENT_splice] =
        {[splice__res] = R, [splice__fd_in] = I(0), [splice__fd_out] = I(2), [splice__size] = A(4), [splice__flags] = U(5)},
    [EVENT_ptrace] =
        {[ptrace__res] = R, [ptrace__addr] = DYN(2), [ptrace__data] = DYN(3), [ptrace__request] = U_AS(0, AS_PTRACE),
         [ptrace__pid] = I(1)},
    [EVENT_ioctl] = {[ioctl__res] = R, [ioctl__fd] = I(0), [ioctl__request] = A(1), [ioctl__argument] = A(2)},
    [EVENT_rename] = {[rename__res] = R, [rename__oldpath] = T(0), [rename__newpath] = T(1)},
    [EVENT_renameat] =
        {[renameat__res] = R, [renameat__olddirfd] = I(0), [renameat__oldpath] = T(1), [renameat__newdirfd] = I(2),
         [renameat__newpath] = T(3)},
    [EVENT_symlink] = {[symlink__res] = R, [symlink__target] = T(0), [symlink__linkpath] = T(1)},
    [EVENT_symlinkat] =
        {[symlinkat__res] = R, [symlinkat__target] = T(0), [symlinkat__linkdirfd] = I(1), [symlinkat__linkpath] = T(2)},
    [EVENT_sendfile] =
        {[sendfile__res] = R, [sendfile__offset] = L(2, 0), [sendfile__out_fd] = I(0), [sendfile__in_fd] = I(1),
         [sendfile__size] = A(3)},
    [EVENT_quotactl] = {[quotactl__res] = R, [quotactl__special] = T(1), [quotactl__id] = U(2)},
    [EVENT_setresuid] = {[setresuid__res] = R, [setresuid__ruid] = U(0), [setresuid__euid] = U(1), [setresuid__suid] = U(2)},
    [EVENT_setresgid] = {[setresgid__res] = R, [setresgid__rgid] = U(0), [setresgid__egid] = U(1), [setresgid__sgid] = U(2)},
    [EVENT_setuid] = {[setuid__res] = R, [setuid__uid] = U(0)},
    [EVENT_setgid] = {[setgid__res] = R, [setgid__gid] = U(0)},
    [EVENT_getuid] = {[getuid__uid] = R},
    [EVENT_geteuid] = {[geteuid__euid] = R},
    [EVENT_getgid] = {[getgid__gid] = R},
    [EVENT_getegid] = {[getegid__egid] = R},
    [EVENT_getresuid] =
        {[getresuid__res] = R, [getresuid__ruid] = W(0, 0), [getresuid__euid] = W(1, 0), [getresuid__suid] = W(2, 0)},
    [EVENT_getresgid] =
        {[getresgid__res] = R, [getresgid__rgid] = W(0, 0), [getresgid__egid] = W(1, 0), [getresgid__sgid] = W(2, 0)},
    [EVENT_getdents] = {[getdents__res] = R, [getdents__fd] = I(0)},
    [EVENT_getdents64] = {[getdents64__res] = R, [getdents64__fd] = I(0)},
    [EVENT_setns] = {[setns__res] = R, [setns__fd] = I(0), [setns__nstype] = U_AS(1, AS_CLONE_FLAGS)},
    [EVENT_flock] = {[flock__res] = R, [flock__fd] = I(0), [flock__operation] = U(1)},
    [EVENT_accept] = {[accept__fd] = R, [accept__tuple] = IN},
    [EVENT_semop] = {[semop__res] = R, [semop__nsops] = U(2), [semop__semid] = I(0)},
    [EVENT_semctl] =
        {[semctl__res] = R, [semctl__semid] = I(0), [semctl__semnum] = I(1), [semctl__cmd] = U_AS(2, AS_SEMCTL)},
    [EVENT_ppoll] = {[ppoll__res] = R},
    [EVENT_mount] =
        {[mount__res] = R, [mount__dev] = T(0), [mount__dir] = T(1), [mount__type] = T(2),
         [mount__flags] = U_AS(3, AS_MOUNT)},
    [EVENT_semget] =
        {[semget__res] = R, [semget__key] = I(0), [semget__nsems] = I(1), [semget__semflg] = U_AS(2, AS_SEMGET)},
    [EVENT_access] = {[access__res] = R, [access__name] = T(0), [access__mode] = U(1)},
    [EVENT_chroot] = {[chroot__res] = R, [chroot__path] = T(0)},
    [EVENT_setsid] = {[setsid__res] = R},
    [EVENT_mkdir] = {[mkdir__res] = R, [mkdir__path] = T(0), [mkdir__mode] = U(1)},
    [EVENT_rmdir] = {[rmdir__res] = R, [rmdir__path] = T(0)},
    [EVENT_unshare] = {[unshare__res] = R, [unshare__flags] = U_AS(0, AS_CLONE_FLAGS)},
    [EVENT_execve] = {[execve__res] = R, [execve__filename] = T(0)},
    [EVENT_setpgid] = {[setpgid__res] = R, [setpgid__pid] = I(0), [setpgid__pgid] = I(1)},
    [EVENT_seccomp] = {[seccomp__res] = R, [seccomp__op] = U(0), [seccomp__flags] = U(1)},
    [EVENT_unlink] = {[unlink__res] = R, [unlink__path] = T(0)},
    [EVENT_unlinkat] = {[unlinkat__res] = R, [unlinkat__dirfd] = I(0), [unlinkat__name] = T(1), [unlinkat__flags] = U(2)},
    [EVENT_mkdirat] = {[mkdirat__res] = R, [mkdirat__dirfd] = I(0), [mkdirat__path] = T(1), [mkdirat__mode] = U(2)},
    [EVENT_openat] =
        {[openat__fd] = R, [openat__dirfd] = I(0), [openat__name] = T(1), [openat__flags] = U_AS(2, AS_OPEN_FLAGS),
         [openat__mode] = U_AS(3, AS_OPEN_MODE), [openat__dev] = DEV, [openat__ino] = INO},
    [EVENT_link] = {[link__res] = R, [link__oldpath] = T(0), [link__newpath] = T(1)},
    [EVENT_linkat] =
        {[linkat__res] = R, [linkat__olddir] = I(0), [linkat__oldpath] = T(1), [linkat__newdir] = I(2),
         [linkat__newpath] = T(3), [linkat__flags] = U(4)},
    [EVENT_fchmodat] =
        {[fchmodat__res] = R, [fchmodat__dirfd] = I(0), [fchmodat__filename] = T(1), [fchmodat__mode] = U(2)},
    [EVENT_chmod] = {[chmod__res] = R, [chmod__filename] = T(0), [chmod__mode] = U(1)},
    [EVENT_fchmod] = {[fchmod__res] = R, [fchmod__fd] = I(0), [fchmod__mode] = U(1)},
    [EVENT_renameat2] =
        {[renameat2__res] = R, [renameat2__olddirfd] = I(0), [renameat2__oldpath] = T(1), [renameat2__newdirfd] = I(2),
         [renameat2__newpath] = T(3), [renameat2__flags] = U(4)},
    [EVENT_userfaultfd] = {[userfaultfd__res] = R, [userfaultfd__flags] = U_AS(0, AS_FILE_FLAGS)},
    [EVENT_openat2] =
        {[openat2__fd] = R, [openat2__dirfd] = I(0), [openat2__name] = T(1), [openat2__flags] = L_AS(2, 0, AS_OPEN_FLAGS),
         [openat2__mode] = L_AS(2, 8, AS_OPEN_MODE), [openat2__resolve] = L_AS(2, 16, AS_RESOLVE), [openat2__dev] = DEV,
         [openat2__ino] = INO},
    [EVENT_mprotect] =
        {[mprotect__res] = R, [mprotect__addr] = A(0), [mprotect__length] = A(1), [mprotect__prot] = U_AS(2, AS_PROT)},
    [EVENT_execveat] = {[execveat__res] = R},
    [EVENT_copy_file_range] =
        {[copy_file_range__res] = R, [copy_file_range__fdout] = I(2), [copy_file_range__offout] = L(3, 0),
         [copy_file_range__fdin] = I(0), [copy_file_range__offin] = L(1, 0), [copy_file_range__len] = A(4)},
    [EVENT_clone] = {[clone__res] = R, [clone__flags] = U_AS(0, AS_CLONE_FLAGS)},
    [EVENT_fork] = {[fork__res] = R},
    [EVENT_vfork] = {[vfork__res] = R},
    [EVENT_clone3] = {[clone3__res] = R, [clone3__flags] = L_AS(0, 0, AS_CLONE_FLAGS)},
    [EVENT_open_by_handle_at] =
        {[open_by_handle_at__fd] = R, [open_by_handle_at__mountfd] = I(0),
         [open_by_handle_at__flags] = U_AS(2, AS_OPEN_FLAGS), [open_by_handle_at__path] = {RESOLVED, 0, 0, AS_IS},
         [open_by_handle_at__dev] = DEV, [open_by_handle_at__ino] = INO},
    [EVENT_io_uring_setup] =
        {[io_uring_setup__res] = R, [io_uring_setup__entries] = U(0), [io_uring_setup__sq_entries] = W(1, 0),
         [io_uring_setup__cq_entries] = W(1, 4), [io_uring_setup__flags] = W_AS(1, 8, AS_URING_SETUP),
         [io_uring_setup__sq_thread_cpu] = W(1, 12), [io_uring_setup__sq_thread_idle] = W(1, 16),
         [io_uring_setup__features] = W_AS(1, 20, AS_URING_FEATURES)},
    [EVENT_io_uring_enter] =
        {[io_uring_enter__res] = R, [io_uring_enter__fd] = I(0), [io_uring_enter__to_submit] = U(1),
         [io_uring_enter__min_complete] = U(2), [io_uring_enter__flags] = U(3)},
    [EVENT_io_uring_register] =
        {[io_uring_register__res] = R, [io_uring_register__fd] = I(0), [io_uring_register__opcode] = U(1),
         [io_uring_register__arg] = A(2), [io_uring_register__nr_args] = U(3)},
    [EVENT_mlock] = {[mlock__res] = R, [mlock__addr] = A(0), [mlock__len] = A(1)},
    [EVENT_munlock] = {[munlock__res] = R, [munlock__addr] = A(0), [munlock__len] = A(1)},
    [EVENT_mlockall] = {[mlockall__res] = R, [mlockall__flags] = U(0)},
    [EVENT_munlockall] = {[munlockall__res] = R},
    [EVENT_capset] =
        {[capset__res] = R, [capset__cap_inheritable] = {CAPS, 1, 8, AS_IS}, [capset__cap_permitted] = {CAPS, 1, 4, AS_IS},
         [capset__cap_effective] = {CAPS, 1, 0, AS_IS}},
    [EVENT_dup2] = {[dup2__res] = R, [dup2__oldfd] = I(0), [dup2__newfd] = I(1)},
    [EVENT_dup3] = {[dup3__res] = R, [dup3__oldfd] = I(0), [dup3__newfd] = I(1), [dup3__flags] = U_AS(2, AS_FILE_FLAGS)},
    [EVENT_dup] = {[dup__res] = R, [dup__oldfd] = I(0)},
    [EVENT_bpf] = {[bpf__fd] = R, [bpf__cmd] = U(0)},
    [EVENT_mlock2] = {[mlock2__res] = R, [mlock2__addr] = A(0), [mlock2__len] = A(1), [mlock2__flags] = U(2)},
    [EVENT_fsconfig] =
        {[fsconfig__res] = R, [fsconfig__fd] = I(0), [fsconfig__cmd] = U(1), [fsconfig__key] = T(2),
         [fsconfig__value_charbuf] = T(3), [fsconfig__aux] = I(4)},
    [EVENT_epoll_create] = {[epoll_create__res] = R, [epoll_create__size] = I(0)},
    [EVENT_epoll_create1] = {[epoll_create1__res] = R, [epoll_create1__flags] = U_AS(0, AS_EPOLL_CREATE)},
    [EVENT_chown] = {[chown__res] = R, [chown__path] = T(0), [chown__uid] = U(1), [chown__gid] = U(2)},
    [EVENT_lchown] = {[lchown__res] = R, [lchown__path] = T(0), [lchown__uid] = U(1), [lchown__gid] = U(2)},
    [EVENT_fchown] = {[fchown__res] = R, [fchown__fd] = I(0), [fchown__uid] = U(1), [fchown__gid] = U(2)},
    [EVENT_fchownat] =
        {[fchownat__res] = R, [fchownat__dirfd] = I(0), [fchownat__pathname] = T(1), [fchownat__uid] = U(2),
         [fchownat__gid] = U(3), [fchownat__flags] = U_AS(4, AS_FCHOWNAT)},
    [EVENT_umount] = {[umount__res] = R, [umount__name] = T(0)},
    [EVENT_accept4] = {[accept4__fd] = R, [accept4__tuple] = IN, [accept4__flags] = U_AS(3, AS_SOCKET_TYPE)},
    [EVENT_umount2] = {[umount2__res] = R, [umount2__name] = T(0), [umount2__flags] = U(1)},
    [EVENT_pipe2] =
        {[pipe2__res] = R, [pipe2__fd1] = W(0, 0), [pipe2__fd2] = W(0, 4), [pipe2__ino] = INO,
         [pipe2__flags] = U_AS(1, AS_FILE_FLAGS)},
    [EVENT_inotify_init1] = {[inotify_init1__res] = R, [inotify_init1__flags] = U_AS(0, AS_FILE_FLAGS)},
    [EVENT_eventfd2] = {[eventfd2__res] = R, [eventfd2__flags] = U_AS(1, AS_FILE_FLAGS), [eventfd2__initval] = U(0)},
    [EVENT_signalfd4] = {[signalfd4__res] = R, [signalfd4__flags] = U_AS(3, AS_FILE_FLAGS), [signalfd4__fd] = I(0)},
    [EVENT_prctl] =
        {[prctl__res] = R, [prctl__option] = U(0), [prctl__arg2_str] = {NAME, 1, 15, AS_IS}, [prctl__arg2_int] = A(1)},
    [EVENT_memfd_create] = {[memfd_create__fd] = R, [memfd_create__name] = T(0), [memfd_create__flags] = U(1)},
    [EVENT_pidfd_getfd] =
        {[pidfd_getfd__fd] = R, [pidfd_getfd__pid_fd] = I(0), [pidfd_getfd__target_fd] = I(1), [pidfd_getfd__flags] = U(2)},
    [EVENT_pidfd_open] = {[pidfd_open__fd] = R, [pidfd_open__pid] = I(0), [pidfd_open__flags] = U_AS(1, AS_PIDFD_OPEN)},
    [EVENT_init_module] =
        {[init_module__res] = R, [init_module__img] = D(0), [init_module__length] = A(1), [init_module__uargs] = T(2)},
    [EVENT_finit_module] =
        {[finit_module__res] = R, [finit_module__fd] = I(0), [finit_module__uargs] = T(1), [finit_module__flags] = U(2)},
    [EVENT_mknod] = {[mknod__res] = R, [mknod__path] = T(0), [mknod__mode] = U(1), [mknod__dev] = U(2)},
    [EVENT_mknodat] =
        {[mknodat__res] = R, [mknodat__dirfd] = I(0), [mknodat__path] = T(1), [mknodat__mode] = U(2), [mknodat__dev] = U(3)},
    [EVENT_newfstatat] =
        {[newfstatat__res] = R, [newfstatat__dirfd] = I(0), [newfstatat__path] = T(1), [newfstatat__flags] = U(3)},
    [EVENT_process_vm_readv] = {[process_vm_readv__res] = R, [process_vm_readv__pid] = I(0), [process_vm_readv__data] = D(1)},
    [EVENT_process_vm_writev] =
        {[process_vm_writev__res] = R, [process_vm_writev__pid] = I(0), [process_vm_writev__data] = D(1)},
    [EVENT_delete_module] =
        {[delete_module__res] = R, [delete_module__name] = T(0), [delete_module__flags] = U_AS(1, AS_DELETE_MODULE)},
    [EVENT_setreuid] = {[setreuid__res] = R, [setreuid__ruid] = U(0), [setreuid__euid] = U(1)},
    [EVENT_setregid] = {[setregid__res] = R, [setregid__rgid] = U(0), [setregid__egid] = U(1)},
    [EVENT_close_range] =
        {[close_range__res] = R, [close_range__first] = U(0), [close_range__last] = U(1), [close_range__flags] = U(2)},
    [EVENT_keyctl] =
        {[keyctl__res] = R, [keyctl__operation] = U(0), [keyctl__arg2] = DYN(1), [keyctl__arg3] = DYN(2),
         [keyctl__arg4] = DYN(3), [keyctl__arg5] = DYN(4)},
};
