import { lockfileEndings, lockfileNames } from "../../engines/contents/analyser-index.ts";

/** Whether a reader of lockfiles may want a file, by its name alone. */
export function mayBeLockfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (lockfileNames.has(name)) return true;
  const lower = name.toLowerCase();
  return lockfileEndings.some((ending) => lower.endsWith(ending));
}
