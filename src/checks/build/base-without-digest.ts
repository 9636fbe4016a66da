import { isPinned } from "../../core/image-name.ts";
import type { DigestAnswer, Dockerfile } from "../../engines/dockerfile/model.ts";
import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { type ImageUse, imagesUsed } from "./dockerfile/stages.ts";

/** Images that are named by a tag alone (OCI distribution specification: a tag may be moved, a digest cannot). */
export const baseWithoutDigest = dockerfileCheck<"digests">({
  name: "base-without-digest",
  title: "Base images not pinned by digest",
  severity: "medium",
  documentation: {
    what: "Checks every image that `FROM`, `COPY --from` and `RUN --mount=from=` name. One without `@sha256:…` is reported. Not reported: stages of the same file, `scratch`, and names that a variable without a default decides.",
    why: "A tag says what its owner last pushed under it. Anyone who takes over the registry's account, or the name, decides what the next build is made of, and two builds of one commit may differ.",
    fix: "Write the digest behind the tag, `FROM debian:13@sha256:…`, and let Renovate or Dependabot move both. `bulkhead build lint --fix` asks the registry for it and writes it.",
    references: ["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
  },
  needs: { dockerfile: "partial", digests: "partial" },
  *detect({ dockerfile, digests }) {
    for (const use of imagesUsed(dockerfile)) {
      const { name, written, whole, by, range, stage } = use;
      if (isPinned(name) || name.digest?.includes("$")) continue;
      if (name.digest !== undefined) {
        const fix = "write the complete digest: sha256: and 64 lowercase hexadecimal digits";
        const title = `${written} has an invalid digest: no container runtime pulls the image`;
        yield { subject: `${by} ${written}`, title, range, stage, fix };
        continue;
      }
      yield {
        subject: `${by} ${written}`,
        title: `${written} is not pinned by digest`,
        range,
        stage,
        fix: fixOf(dockerfile, use, digests.get(whole)),
      };
    }
  },
});

function fixOf(dockerfile: Dockerfile, use: ImageUse, answer: DigestAnswer | undefined): Detection["fix"] & {} {
  const { written, whole } = use;
  if (answer === undefined) return `write the digest behind it: ${written}@sha256:…`;
  if (answer.kind === "failed") return `write the digest behind it, which could not be looked up: ${answer.reason}`;
  const { digest } = answer;
  const end = endOfName(dockerfile, use);
  if (end !== undefined) {
    const edits = [{ path: dockerfile.path, start: end, end, replacement: `@${digest}` }];
    return { text: `pin the current digest: ${digest}`, edits };
  }
  // Behind `node:${V}` it would hold whatever V is set to.
  return `write ${whole}@${digest} where the variables in the name are set`;
}

/** The offset behind the name, where it stands in the file letter by letter and once. */
function endOfName({ text }: Dockerfile, { written, whole, by, range }: ImageUse): number | undefined {
  if (written !== whole) return undefined;
  const before = by === "RUN" ? "from=" : "";
  const stretch = text.slice(range.start, range.end);
  const at = stretch.indexOf(before + whole);
  if (at === -1 || stretch.indexOf(before + whole, at + 1) !== -1) return undefined;
  const end = at + before.length + whole.length;
  return end === stretch.length || /[\s,"']/.test(stretch.charAt(end)) ? range.start + end : undefined;
}
