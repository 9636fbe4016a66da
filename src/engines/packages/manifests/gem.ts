/** What a Gemfile.lock says that the Gemfile wants (its DEPENDENCIES), held against what it locks. */
import { indentOf, textLines } from "../../contents/packages/text-lines.ts";
import type { ManifestMismatch } from "../model.ts";
import { inGemRequirements } from "../ranges/gem.ts";
import type { ReadLockfile } from "./read-lockfile.ts";
import { mismatchOf } from "./want.ts";

/** A Gemfile is a program, so that its copy in the lockfile stands for it. What no platform of the lockfile needs is not locked. */
export function gemMismatches(lockfile: ReadLockfile): ManifestMismatch[] {
  const versions = Map.groupBy(lockfile.packages, ({ name }) => name);
  const found: ManifestMismatch[] = [];
  let within = false;
  for (const { number, text } of textLines(lockfile.text)) {
    if (indentOf(text) === 0) within = text.trimEnd() === "DEPENDENCIES";
    const match = within ? /^ {2}([\w.-]{1,200}) \(([^()]{1,500})\)\s{0,9}$/.exec(text) : null;
    const [, name = "", range = ""] = match ?? [];
    if (match === null) continue;
    const locked = (versions.get(name) ?? []).map(({ version }) => version);
    const want = { manifest: lockfile.path, name, range, mayLack: true, line: number };
    const mismatch = mismatchOf(lockfile.path, "gem", want, locked, inGemRequirements);
    if (mismatch !== undefined) found.push(mismatch);
  }
  return found;
}
