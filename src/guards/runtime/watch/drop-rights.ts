/** Gives root's rights away for good. */

/**
 * To be called once all code is loaded, which its user may not be able to read. Nothing that was done as root is dumpable for
 * others of that user afterwards.
 *
 * @throws Error where rights are left
 */
export function dropRights({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (process.setgroups === undefined || process.setgid === undefined || process.setuid === undefined) {
    throw new Error("this system has no users to change to");
  }
  process.setgroups([]);
  process.setgid(gid);
  process.setuid(uid);
  if (canReturn()) throw new Error(`root's rights are still there after changing to user ${uid}`);
}

function canReturn(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}
