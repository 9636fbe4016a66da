/** The usual codes in words, by `code` of the system's error (errno(3)). */
const causes: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "a file stands where a directory is expected",
  EISDIR: "a directory, not a file",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space left on the device",
  EROFS: "the filesystem is read-only",
  EMFILE: "too many open files",
  EEXIST: "the file exists already",
};

/**
 * Why the file system refused, in words, without the call and the path that Node adds: the place is named beside it.
 *
 * @param error - whatever was thrown; of what is no error of the system its message
 */
export function systemCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : causes[code];
  return known ?? (syscall === undefined ? message : message.replace(/, [a-z]+(?: '.*')?$/s, ""));
}
