/** Actions pinned to commits and images to digests, as far as those were looked up. */

import { containersOf, stepsJobs, usesOf } from "../../checks/build/pipelines/uses.ts";
import { append } from "../../core/append.ts";
import type { Finding, Graded, TextEdit } from "../../core/finding.ts";
import type { Text } from "../../engines/pipelines/model.ts";
import type { Proposal } from "./proposal.ts";
import { edit, isAt, type PipelineSource } from "./source.ts";

/** Held by src/collect/pipelines/pins.test.ts: what is asked of a server is what its tags point to. */
const SAME: Graded = { grade: "safe", reason: "it is what the name points to now" };

/** `owner/action@<commit> # v4`. */
export function byCommit(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file, pins } = source;
  if (file.kind === "dependabot" || pins === undefined) return undefined;
  const edits: TextEdit[] = [];
  for (const { uses } of usesOf(file)) {
    if (uses.kind !== "repository" || uses.refKind === "commit" || !isAt(uses.text.place, finding.locations)) continue;
    const { ref, text } = uses;
    const commit = ref === undefined ? undefined : pins.commit(`${uses.owner}/${uses.repository}`, ref);
    if (ref === undefined || commit === undefined || text.expressions.length > 0) return undefined;
    const made = withRef(source, text, ref, commit);
    if (made === undefined) return undefined;
    append(edits, made);
  }
  const [first, ...more] = edits;
  return first === undefined ? undefined : { ...SAME, edits: [first, ...more] };
}

function withRef(source: PipelineSource, text: Text, ref: string, commit: string): TextEdit[] | undefined {
  const { start, end } = text.place;
  const raw = source.text.slice(start, end);
  const at = raw.lastIndexOf(`@${ref}`);
  if (at < 0 || raw.includes("\n")) return undefined;
  const pinned = edit(source, start + at + 1, start + at + 1 + ref.length, commit);
  const line = source.text.slice(end, source.text.indexOf("\n", end) < 0 ? undefined : source.text.indexOf("\n", end));
  // Behind a value within braces a comment would take the rest of the line with it.
  if (/[^\s#]/.test(line.split("#", 1)[0] ?? "")) return [pinned];
  const comment = line.indexOf("#");
  if (comment < 0) return [pinned, edit(source, end, end, ` # ${ref}`)];
  const words = end + comment + 1;
  return [pinned, edit(source, words, words, ` ${ref}`)];
}

/** `alpine:3.20@sha256:…`. */
export function byDigest(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file, pins } = source;
  if (file.kind === "dependabot" || pins === undefined) return undefined;
  const texts: (Text | undefined)[] = [
    ...stepsJobs(file).flatMap((job) => containersOf(job).map(({ container }) => container.image)),
    ...usesOf(file).map(({ uses }) => (uses.kind === "docker" ? uses.text : undefined)),
    ...(file.kind === "action" ? [file.image] : []),
  ];
  const edits: TextEdit[] = [];
  for (const text of texts) {
    if (text === undefined || text.expressions.length > 0 || !isAt(text.place, finding.locations)) continue;
    const name = text.value.replace(/^docker:\/\//, "");
    const digest = name.includes("@") ? undefined : pins.digest(name);
    const at = source.text.slice(text.place.start, text.place.end).indexOf(text.value);
    if (digest === undefined || at < 0) return undefined;
    const end = text.place.start + at + text.value.length;
    edits.push(edit(source, end, end, `@${digest}`));
  }
  const [first, ...more] = edits;
  return first === undefined ? undefined : { ...SAME, edits: [first, ...more] };
}
