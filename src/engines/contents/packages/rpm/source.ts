import { isDeclaredText } from "../identity.ts";

/** `NAME-VERSION-RELEASE.src.rpm` (or `.nosrc.rpm`); neither version nor release may hold a dash. */
export function sourceOf(file: string | undefined, name: string, version: string): { name: string; version: string } {
  if (!isDeclaredText(file)) return { name, version };
  const stem = file.replace(/\.(?:no)?src\.rpm$/, "");
  const release = stem.lastIndexOf("-");
  const start = stem.lastIndexOf("-", release - 1);
  if (stem === file || release <= 0 || start <= 0) return { name, version };
  return { name: stem.slice(0, start), version: stem.slice(start + 1) };
}
