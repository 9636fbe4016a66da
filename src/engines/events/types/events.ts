/**
 * The event types, two codes a line: the even code as a system call starts (or for what no system call does), the odd one as
 * it ends. Codes, names and parameters are those that Falco's captures and rules use (libs, `driver/event_table.c`), as of
 * engine 0.63; read by `table.ts`, which says how a line reads.
 */
export const eventLines = `
0 syscall other | o ID:syscall nativeID:u16 | - ID:syscall nativeID:u16
2 open file | cm name:path flags:flags32/x=file_flags mode:u32/o | cm fd:fd name:path flags:flags32/x=file_flags mode:u32/o dev:u32/x ino:u64
4 close io_other | dumo fd:fd | dum res:errno fd:fd
6 read io_read | uro fd:fd size:u32 | ur res:errno data:bytes fd:fd size:u32
8 write io_write | uwo fd:fd size:u32 | uw res:errno data:bytes fd:fd size:u32
10 brk memory | o size:u32 | o res:u64/x
12 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64
14 clone process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 flags:flags32/x=clone_flags uid:u32 gid:u32
16 procexit process.tracepoint | mo
18 socket net | cmo domain:enum32=socket_families type:u32 proto:u32 | cm fd:fd domain:enum32=socket_families type:u32 proto:u32 flags:flags32/x=file_flags
20 bind net | umo fd:fd | um res:errno addr:sockaddr fd:fd
22 connect net | um fd:fd addr:sockaddr | um res:errno tuple:socktuple fd:fd addr:sockaddr
24 listen net | uo fd:fd backlog:i32 | u res:errno fd:fd backlog:i32
26 accept net | cmo | cmo fd:fd tuple:socktuple queuepct:u8
28 send io_write | uwo fd:fd size:u32 | uw res:errno data:bytes fd:fd size:u32 tuple:socktuple
30 sendto io_write | uwmo fd:fd size:u32 tuple:socktuple | uwm res:errno data:bytes fd:fd size:u32 tuple:socktuple
32 recv io_read | uro fd:fd size:u32 | ur res:errno data:bytes fd:fd size:u32 tuple:socktuple
34 recvfrom io_read | urmo fd:fd size:u32 | urm res:errno data:bytes tuple:socktuple fd:fd size:u32
36 shutdown net | umo fd:fd how:enum8/x=shutdown_how | um res:errno fd:fd how:enum8/x=shutdown_how
38 getsockname net | o | -
40 getpeername net | o | -
42 socketpair ipc | cmo domain:enum32=socket_families type:u32 proto:u32 | cm res:errno fd1:fd fd2:fd source:u64/x peer:u64/x domain:enum32=socket_families type:u32 proto:u32
44 setsockopt net | o | u res:errno fd:fd level:enum8=sockopt_levels optname:enum8=sockopt_options val:dynamic=sockopt optlen:u32
46 getsockopt net | mo | um res:errno fd:fd level:enum8=sockopt_levels optname:enum8=sockopt_options val:dynamic=sockopt optlen:u32
48 sendmsg io_write | uwmo fd:fd size:u32 tuple:socktuple | uwm res:errno data:bytes fd:fd size:u32 tuple:socktuple
50 sendmmsg io_write | o | uwm res:errno fd:fd size:u32 data:bytes tuple:socktuple
52 recvmsg io_read | urmo fd:fd | urm res:errno size:u32 data:bytes tuple:socktuple msgcontrol:bytes fd:fd
54 recvmmsg io_read | o | urm res:errno fd:fd size:u32 data:bytes tuple:socktuple msgcontrol:bytes
56 accept net | cmo flags:i32/x | cmo fd:fd tuple:socktuple queuepct:u8
58 creat file | cm name:path mode:u32/o | cm fd:fd name:path mode:u32/o dev:u32/x ino:u64 creat_flags:flags16/x=creat_flags
60 pipe ipc | cmo | cm res:errno fd1:fd fd2:fd ino:u64
62 eventfd ipc | cmo initval:u64 flags:u32/x | cm res:fd initval:u64 flags:u32/x
64 futex ipc | o addr:u64/x op:flags16/x=futex_operations val:u64 | - res:errno addr:u64/x op:flags16/x=futex_operations val:u64
66 stat file | o | - res:errno path:path
68 lstat file | o | - res:errno path:path
70 fstat file | uo fd:fd | u res:errno fd:fd
72 stat64 file | o | - res:errno path:path
74 lstat64 file | o | - res:errno path:path
76 fstat64 file | uo fd:fd | - res:errno
78 epoll_wait wait | Wo maxevents:errno | W res:errno maxevents:errno
80 poll wait | Wo fds:fdlist timeout:i64 | W res:errno fds:fdlist timeout:i64
82 select wait | Wo | W res:errno
84 select wait | Wo | Wo res:errno
86 lseek file | uo fd:fd offset:u64 whence:enum8=lseek_whence | u res:errno fd:fd offset:u64 whence:enum8=lseek_whence
88 llseek file | uo fd:fd offset:u64 whence:enum8=lseek_whence | u res:errno fd:fd offset:u64 whence:enum8=lseek_whence
90 ioctl io_other | uo fd:fd request:u64/x | uo res:errno
92 getcwd file | o | - res:errno path:text
94 chdir file | mo | m res:errno path:text
96 fchdir file | umo fd:fd | um res:errno fd:fd
98 mkdir file | o path:path mode:u32/x | o res:errno
100 rmdir file | o path:path | o res:errno
102 openat file | cmo dirfd:fd name:text flags:flags32/x=file_flags mode:u32/o | cmo fd:fd
104 link file | o oldpath:path newpath:path | o res:errno
106 linkat file | o olddir:fd oldpath:text newdir:fd newpath:text | o res:errno
108 unlink file | o path:path | o res:errno
110 unlinkat file | o dirfd:fd name:text | o res:errno
112 pread io_read | uro fd:fd size:u32 pos:u64 | ur res:errno data:bytes fd:fd size:u32 pos:u64
114 pwrite io_write | uwo fd:fd size:u32 pos:u64 | uw res:errno data:bytes fd:fd size:u32 pos:u64
116 readv io_read | uro fd:fd | ur res:errno size:u32 data:bytes fd:fd
118 writev io_write | uwo fd:fd size:u32 | uw res:errno data:bytes fd:fd size:u32
120 preadv io_read | uro fd:fd pos:u64 | ur res:errno size:u32 data:bytes fd:fd pos:u64
122 pwritev io_write | uwo fd:fd size:u32 pos:u64 | uw res:errno data:bytes fd:fd size:u32 pos:u64
124 dup io_other | cumo fd:fd | cumo res:fd
126 signalfd signal | cmo fd:fd mask:u32/x flags:u8/x | cm res:fd fd:fd mask:u32/x flags:u8/x
128 kill signal | o pid:pid sig:signal | - res:errno pid:pid sig:signal
130 tkill signal | o tid:pid sig:signal | - res:errno tid:pid sig:signal
132 tgkill signal | o pid:pid tid:pid sig:signal | - res:errno pid:pid tid:pid sig:signal
134 nanosleep sleep | Wo interval:reltime | W res:errno interval:reltime
136 timerfd_create time | cmo clockid:u8 flags:u8/x | cm res:fd clockid:u8 flags:u8/x
138 inotify_init ipc | cmo flags:u8/x | cm res:fd flags:u8/x
140 getrlimit process | o resource:enum8=rlimit_resources | - res:errno cur:i64 max:i64 resource:enum8=rlimit_resources
142 setrlimit process | o resource:enum8=rlimit_resources | - res:errno cur:i64 max:i64 resource:enum8=rlimit_resources
144 prlimit process | o pid:pid resource:enum8=rlimit_resources | - res:errno newcur:i64 newmax:i64 oldcur:i64 oldmax:i64 pid:i64 resource:enum8=rlimit_resources
146 switch scheduler.tracepoint | so next:pid
148 drop internal.metaevent | s ratio:u32 | s ratio:u32
150 fcntl io_other | umo fd:fd cmd:enum8=fcntl_commands | um res:fd fd:fd cmd:enum8=fcntl_commands arg:u64/x
152 switch scheduler.tracepoint | - next:pid pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32
154 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32
156 clone process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 flags:flags32/x=clone_flags uid:u32 gid:u32
158 brk memory | o addr:u64/x | - res:u64/x vm_size:u32 vm_rss:u32 vm_swap:u32 addr:u64/x
160 mmap memory | uo addr:u64/x length:u64 prot:flags32/x=prot_flags flags:flags32/x=mmap_flags fd:fd offset:u64 | u res:errno/x vm_size:u32 vm_rss:u32 vm_swap:u32 addr:u64/x length:u64 prot:flags32/x=prot_flags flags:flags32/x=mmap_flags fd:fd offset:u64
162 mmap2 memory | uo addr:u64/x length:u64 prot:flags32/x=prot_flags flags:flags32/x=mmap_flags fd:fd pgoffset:u64 | u res:errno/x vm_size:u32 vm_rss:u32 vm_swap:u32 addr:u64/x length:u64 prot:flags32/x=prot_flags flags:flags32/x=mmap_flags fd:fd pgoffset:u64
164 munmap memory | o addr:u64/x length:u64 | - res:errno vm_size:u32 vm_rss:u32 vm_swap:u32 addr:u64/x length:u64
166 splice io_other | uo fd_in:fd fd_out:fd size:u64 flags:flags32/x=splice_flags | u res:errno fd_in:fd fd_out:fd size:u64 flags:flags32/x=splice_flags
168 ptrace process | o request:enum16=ptrace_requests pid:pid | - res:errno addr:dynamic/x=ptrace data:dynamic/x=ptrace request:enum16=ptrace_requests pid:pid
170 ioctl io_other | uo fd:fd request:u64/x argument:u64/x | u res:errno fd:fd request:u64/x argument:u64/x
172 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 env:bytes
174 rename file | o | - res:errno oldpath:path newpath:path
176 renameat file | o | - res:errno olddirfd:fd oldpath:relpath@1 newdirfd:fd newpath:relpath@3
178 symlink file | o | - res:errno target:text linkpath:path
180 symlinkat file | o | u res:errno target:text linkdirfd:fd linkpath:relpath@2
182 fork process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 flags:flags32/x=clone_flags uid:u32 gid:u32
184 vfork process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 flags:flags32/x=clone_flags uid:u32 gid:u32
186 procexit process.tracepoint | m status:errno ret:errno sig:signal core:u8 reaper_tid:pid
188 sendfile io_write | uo out_fd:fd in_fd:fd offset:u64 size:u64 | u res:errno offset:u64 out_fd:fd in_fd:fd size:u64
190 quotactl user | o cmd:flags16=quotactl_cmds type:flags8=quotactl_types id:u32 quota_fmt:flags8=quotactl_quota_fmts | - res:errno special:text quotafilepath:text dqb_bhardlimit:u64 dqb_bsoftlimit:u64 dqb_curspace:u64 dqb_ihardlimit:u64 dqb_isoftlimit:u64 dqb_btime:reltime dqb_itime:reltime dqi_bgrace:reltime dqi_igrace:reltime dqi_flags:flags8=quotactl_dqi_flags quota_fmt_out:flags8=quotactl_quota_fmts cmd:flags16=quotactl_cmds type:flags8=quotactl_types id:u32 quota_fmt:flags8=quotactl_quota_fmts
192 setresuid user | mo ruid:uid euid:uid suid:uid | m res:errno ruid:uid euid:uid suid:uid
194 setresgid user | mo rgid:gid egid:gid sgid:gid | m res:errno rgid:gid egid:gid sgid:gid
196 scapevent internal.metaevent | s event_type:u32 event_data:u64
198 setuid user | mo uid:uid | m res:errno uid:uid
200 setgid user | mo gid:gid | m res:errno gid:gid
202 getuid user | o | - uid:uid
204 geteuid user | o | - euid:uid
206 getgid user | o | - gid:gid
208 getegid user | o | - egid:gid
210 getresuid user | o | - res:errno ruid:uid euid:uid suid:uid
212 getresgid user | o | - res:errno rgid:gid egid:gid sgid:gid
214 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text env:bytes
216 clone process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text flags:flags32/x=clone_flags uid:u32 gid:u32
218 fork process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text flags:flags32/x=clone_flags uid:u32 gid:u32
220 vfork process | mo | mo res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text flags:flags32/x=clone_flags uid:u32 gid:u32
222 clone process | mo | m res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes flags:flags32/x=clone_flags uid:u32 gid:u32 vtid:pid vpid:pid pidns_init_start_ts:u64
224 fork process | mo | m res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes flags:flags32/x=clone_flags uid:u32 gid:u32 vtid:pid vpid:pid pidns_init_start_ts:u64
226 vfork process | mo | m res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes flags:flags32/x=clone_flags uid:u32 gid:u32 vtid:pid vpid:pid pidns_init_start_ts:u64
228 container internal.metaevent | mso id:text type:u32 name:text image:text
230 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes env:bytes
232 signaldeliver signal.tracepoint | - spid:pid dpid:pid sig:signal
234 procinfo internal.metaevent | s cpu_usr:u64 cpu_sys:u64
236 getdents file | uo fd:fd | u res:errno fd:fd
238 getdents64 file | uo fd:fd | u res:errno fd:fd
240 setns process | uo fd:fd nstype:flags32/x=clone_flags | u res:errno fd:fd nstype:flags32/x=clone_flags
242 flock file | uo fd:fd operation:flags32/x=flock_flags | u res:errno fd:fd operation:flags32/x=flock_flags
244 cpu_hotplug system.metaevent | ms cpu:u32 action:u32
246 accept net | cmo | cm fd:fd tuple:socktuple queuepct:u8 queuelen:u32 queuemax:u32
248 accept net | cmo flags:i32/x | cmo fd:fd tuple:socktuple queuepct:u8 queuelen:u32 queuemax:u32
250 semop process | o semid:i32 | - res:errno nsops:u32 sem_num_0:u16 sem_op_0:i16 sem_flg_0:flags16/x=semop_flags sem_num_1:u16 sem_op_1:i16 sem_flg_1:flags16/x=semop_flags semid:i32
252 semctl process | o semid:i32 semnum:i32 cmd:flags16/x=semctl_commands val:i32 | - res:errno semid:i32 semnum:i32 cmd:flags16/x=semctl_commands val:i32
254 ppoll wait | Wo fds:fdlist timeout:reltime sigmask:sigset | W res:errno fds:fdlist timeout:reltime sigmask:sigset
256 mount file | mo flags:flags32/x=mount_flags | m res:errno dev:text dir:path type:text flags:flags32/x=mount_flags
258 umount file | mo flags:flags32/x=umount_flags | mo res:errno name:path
260 k8s internal.metaevent | mso json:text
262 semget process | o key:i32/x nsems:i32 semflg:flags32/x=semget_flags | - res:errno key:i32/x nsems:i32 semflg:flags32/x=semget_flags
264 access file | o mode:flags32/x=access_flags | - res:errno name:path mode:flags32/x=access_flags
266 chroot process | mo | m res:errno path:path
268 tracer other.metaevent | o id:i64 tags:texts args:pairs
270 mesos internal.metaevent | mso json:text
272 container process.metaevent | mo json:text
274 setsid process | mo | m res:pid
276 mkdir file | o mode:u32/x | - res:errno path:path mode:u32/x
278 rmdir file | o | - res:errno path:path
280 notification other.metaevent | s id:text desc:text
282 execve process | mo | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes env:bytes tty:i32
284 unshare process | o flags:flags32/x=clone_flags | - res:errno flags:flags32/x=clone_flags
286 infra internal.metaevent | s source:text name:text description:text scope:text
288 execve process | mo filename:path | mo res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes env:bytes tty:i32
290 page_fault other.tracepoint | s addr:u64/x ip:u64/x error:flags32/x=pf_flags
292 execve process | mo filename:path | m res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes env:bytes tty:u32 vpgid:pid loginuid:uid flags:flags32/x=execve_flags cap_inheritable:u64/x cap_permitted:u64/x cap_effective:u64/x exe_ino:u64 exe_ino_ctime:abstime exe_ino_mtime:abstime uid:uid trusted_exepath:path pgid:pid gid:gid filename:path
294 setpgid process | o pid:pid pgid:pid | - res:errno pid:pid pgid:pid
296 bpf other | co cmd:i64 | co res_or_fd:dynamic=bpf
298 seccomp other | o op:u64 flags:u64/x | - res:errno op:u64 flags:u64/x
300 unlink file | o | - res:errno path:path
302 unlinkat file | o | u res:errno dirfd:fd name:relpath@1 flags:flags32/x=unlinkat_flags
304 mkdirat file | o | u res:errno dirfd:fd path:relpath@1 mode:u32/x
306 openat file | cm dirfd:fd name:relpath@0 flags:flags32/x=file_flags mode:u32/o | cm fd:fd dirfd:fd name:relpath@1 flags:flags32/x=file_flags mode:u32/o dev:u32/x ino:u64
308 link file | o | - res:errno oldpath:path newpath:path
310 linkat file | o | - res:errno olddir:fd oldpath:relpath@1 newdir:fd newpath:relpath@3 flags:flags32/x=linkat_flags
312 fchmodat file | o | u res:errno dirfd:fd filename:relpath@1 mode:mode/o=chmod_mode
314 chmod file | o | - res:errno filename:path mode:mode/o=chmod_mode
316 fchmod file | o | u res:errno fd:fd mode:mode/o=chmod_mode
318 renameat2 file | o | - res:errno olddirfd:fd oldpath:relpath@1 newdirfd:fd newpath:relpath@3 flags:flags32/x=renameat2_flags
320 userfaultfd file | cmo | cm res:errno flags:flags32/x=file_flags
322 pluginevent other.plugin | l plugin_id:u32 event_data:bytes
324 container process.metaevent | ml json:text
326 openat2 file | cm dirfd:fd name:relpath@0 flags:flags32/x=file_flags mode:u32/o resolve:flags32/x=openat2_flags | cm fd:fd dirfd:fd name:relpath@1 flags:flags32/x=file_flags mode:u32/o resolve:flags32/x=openat2_flags dev:u32/x ino:u64
328 mprotect memory | o addr:u64/x length:u64 prot:flags32/x=prot_flags | - res:errno addr:u64/x length:u64 prot:flags32/x=prot_flags
330 execveat process | mo dirfd:fd pathname:relpath@0 flags:flags32/x=execveat_flags | m res:errno exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:u64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes env:bytes tty:u32 vpgid:pid loginuid:uid flags:flags32/x=execve_flags cap_inheritable:u64/x cap_permitted:u64/x cap_effective:u64/x exe_ino:u64 exe_ino_ctime:abstime exe_ino_mtime:abstime uid:uid trusted_exepath:path pgid:pid gid:gid
332 copy_file_range file | urwo fdin:fd offin:u64 len:u64 | urw res:errno fdout:fd offout:u64 fdin:fd offin:u64 len:u64
334 clone3 process | mo | m res:pid exe:text args:bytes tid:pid pid:pid ptid:pid cwd:text fdlimit:i64 pgft_maj:u64 pgft_min:u64 vm_size:u32 vm_rss:u32 vm_swap:u32 comm:text cgroups:bytes flags:flags32/x=clone_flags uid:u32 gid:u32 vtid:pid vpid:pid pidns_init_start_ts:u64
336 open_by_handle_at file | cmo | cm fd:fd mountfd:fd flags:flags32/x=file_flags path:path dev:u32/x ino:u64
338 io_uring_setup io_other | cmo | cm res:errno entries:u32 sq_entries:u32 cq_entries:u32 flags:flags32/x=io_uring_setup_flags sq_thread_cpu:u32 sq_thread_idle:u32 features:flags32/x=io_uring_setup_feats
340 io_uring_enter io_other | o | u res:errno fd:fd to_submit:u32 min_complete:u32 flags:flags32/x=io_uring_enter_flags sig:sigset
342 io_uring_register io_other | o | u res:errno fd:fd opcode:enum16=io_uring_register_opcodes arg:u64/x nr_args:u32
344 mlock memory | o | - res:errno addr:u64/x len:u64
346 munlock memory | o | - res:errno addr:u64/x len:u64
348 mlockall memory | o | - res:errno flags:flags32/x=mlockall_flags
350 munlockall memory | o | - res:errno
352 capset process | mo | m res:errno cap_inheritable:u64/x cap_permitted:u64/x cap_effective:u64/x
354 useradded process.metaevent | m uid:u32 gid:u32 name:text home:text shell:text container_id:text
356 userdeleted process.metaevent | m uid:u32 gid:u32 name:text home:text shell:text container_id:text
358 groupadded process.metaevent | m gid:u32 name:text container_id:text
360 groupdeleted process.metaevent | m gid:u32 name:text container_id:text
362 dup2 io_other | cumo fd:fd | cum res:fd oldfd:fd newfd:fd
364 dup3 io_other | cumo fd:fd | cum res:fd oldfd:fd newfd:fd flags:flags32/x=file_flags
366 dup io_other | cumo fd:fd | cum res:fd oldfd:fd
368 bpf other | co cmd:i64 | c fd:fd cmd:enum32=bpf_commands
370 mlock2 memory | o | - res:errno addr:u64/x len:u64 flags:flags32/x=mlock2_flags
372 fsconfig system | o | u res:errno fd:fd cmd:enum32=fsconfig_cmds key:text value_bytebuf:bytes value_charbuf:text aux:i32
374 epoll_create wait | cmo size:i32 | cm res:errno size:i32
376 epoll_create1 wait | cmo flags:flags32/x=epoll_create1_flags | cm res:errno flags:flags32/x=epoll_create1_flags
378 chown file | o | - res:errno path:path uid:u32 gid:u32
380 lchown file | o | - res:errno path:path uid:u32 gid:u32
382 fchown file | o | u res:errno fd:fd uid:u32 gid:u32
384 fchownat file | o | u res:errno dirfd:fd pathname:relpath@1 uid:u32 gid:u32 flags:flags32/x=fchownat_flags
386 umount file | mo | m res:errno name:path
388 accept4 net | cmo flags:i32/x | cm fd:fd tuple:socktuple queuepct:u8 queuelen:u32 queuemax:u32 flags:i32/x
390 umount2 file | mo flags:flags32/x=umount_flags | m res:errno name:path flags:flags32/x=umount_flags
392 pipe2 ipc | cmo | cm res:errno fd1:fd fd2:fd ino:u64 flags:flags32/x=file_flags
394 inotify_init1 ipc | cmo | cm res:fd flags:flags16/x=file_flags
396 eventfd2 ipc | cmo initval:u64 | cm res:fd flags:flags16/x=file_flags initval:u64
398 signalfd4 signal | cmo fd:fd mask:u32/x | cm res:fd flags:flags16/x=file_flags fd:fd mask:u32/x
400 prctl process | mo | m res:errno option:enum32=prctl_options arg2_str:text arg2_int:i64
402 asyncevent other.metaevent | l plugin_id:u32 name:text data:bytes
404 memfd_create memory | cmo | cm fd:fd name:text flags:flags32/x=memfd_create_flags
406 pidfd_getfd process | cmo | cm fd:fd pid_fd:fd target_fd:fd flags:u32/x
408 pidfd_open process | cmo | cm fd:fd pid:pid flags:flags32/x=pidfd_open_flags
410 init_module other | o | - res:errno img:bytes length:u64 uargs:text
412 finit_module other | o | ur res:errno fd:fd uargs:text flags:flags32/x=finit_module_flags
414 mknod other | o | - res:errno path:path mode:mode/o=mknod_mode dev:u32
416 mknodat other | o | u res:errno dirfd:fd path:relpath@1 mode:mode/o=mknod_mode dev:u32
418 newfstatat file | o | u res:errno dirfd:fd path:relpath@1 flags:flags32/x=newfstatat_flags
420 process_vm_readv ipc | o | - res:i64 pid:pid data:bytes
422 process_vm_writev ipc | o | - res:i64 pid:pid data:bytes
424 delete_module other | o | - res:errno name:text flags:flags32/x=delete_module_flags
426 setreuid user | mo | m res:errno ruid:uid euid:uid
428 setregid user | o | m res:errno rgid:uid egid:uid
430 task process.iterator | m ppid:pid32 pgid:pid32 vpgid:pid32 sid:pid32 comm:text argv:texts exepath:path flags:flags32/x=execve_flags env:texts cwd:text fdlimit:u64 euid:uid egid:gid cap_permitted:u64/x cap_effective:u64/x cap_inheritable:u64/x exe_ino_num:u64 exe_ino_ctime:abstime exe_ino_mtime:abstime vm_size:u32 vm_rss:u32 vm_swap:u32 pgft_maj:u64 pgft_min:u64 vtgid:pid32 vpid:pid32 pidns_init_start_ts:u64 cgroups:texts root:path start_time:abstime tty:u32 loginuid:uid
432 task_file_pipe file.iterator | m fd:fd32 path:path ino_num:u64
434 task_file_memfd file.iterator | m fd:fd32 path:path ino_num:u64
436 task_file_regular file.iterator | m fd:fd32 path:path flags:flags32/x=file_flags mnt_id:u32 ino_num:u64
438 task_file_directory file.iterator | m fd:fd32 path:path ino_num:u64
440 task_file_socket_inet file.iterator | m fd:fd32 sk_type:u16 sk_proto:u16 local_ip:ip4/x local_port:port/x remote_ip:ip4/x remote_port:port/x ino_num:u64
442 task_file_socket_inet6 file.iterator | m fd:fd32 sk_type:u16 sk_proto:u16 local_ip:ip6/x local_port:port/x remote_ip:ip6/x remote_port:port/x ino_num:u64
444 task_file_socket_unix file.iterator | m fd:fd32 sk_type:u16 sk_proto:u16 sk_pointer:u64 sun_path:path ino_num:u64
446 task_file_socket_netlink file.iterator | m fd:fd32 sk_type:u16 sk_proto:u16 ino_num:u64
448 task_file_anon_inode file.iterator | m fd:fd32 fd_type:flags8=anon_inode_fd_types path:path ino_num:u64
450 close_range io_other | x | m res:errno first:u32 last:u32 flags:flags32/x=close_range_flags
452 keyctl other | x | - res:errno operation:enum32=keyctl_operations arg2:dynamic=keyctl arg3:dynamic=keyctl arg4:dynamic=keyctl arg5:dynamic=keyctl
`;
