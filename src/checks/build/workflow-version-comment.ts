import type { Text, Uses } from "../../engines/pipelines/model.ts";
import { clip } from "../findings/one-line.ts";
import { versionOfComment } from "./pipelines/action-versions.ts";
import { actionName } from "./pipelines/steps.ts";
import { usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/**
 * Comments that say which version a commit is: they are missing, or one file says two things of one commit. Whether a tag
 * points at the commit only its repository knows.
 */
export const workflowVersionComment = workflowCheck({
  name: "workflow-version-comment",
  title: "Missing or contradictory version comments of pinned actions",
  severity: "medium",
  documentation: {
    what: "Checks the comment after each `uses` that is pinned by commit. Severity: medium where the file gives one commit two versions, or one version two commits of the same action; low where no comment names a version. Whether the tag really points at the commit is not evaluated: only the action's repository knows.",
    why: "People and update tools go by the comment. A wrong one hides which code runs: an old or malicious commit under a current version passes the review.",
    fix: "Write the tag that points at the commit: `uses: owner/action@<commit> # v1.2.3`.",
    references: [
      "https://docs.github.com/en/code-security/how-tos/secure-your-supply-chain/secure-your-dependencies/keeping-your-actions-up-to-date-with-dependabot",
    ],
  },
  needs: "partial",
  *detect(file) {
    const pinned = usesOf(file).flatMap(({ uses }) => pinOf(uses) ?? []);
    const stated = Map.groupBy(
      pinned.filter(({ version }) => version !== undefined),
      ({ name }) => name.toLowerCase(),
    );
    for (const pin of pinned) {
      const { name, version, text } = pin;
      if (version === undefined) {
        yield {
          subject: `${name}: no version`,
          title: `No comment names the version of ${name}`,
          place: text.place,
          severity: "low",
          confidence: "high",
          fix: `add the version as a comment: uses: ${name}@<commit> # v1.2.3`,
          evidence: { comment: text.comment ?? "none" },
        };
        continue;
      }
      const others = (stated.get(name.toLowerCase()) ?? []).slice(0, COMPARED);
      const other = others.find((one) => contradicts(one, pin));
      if (other === undefined) continue;
      yield {
        subject: `${name}: contradiction`,
        title: `${name} has comments that contradict each other: ${clip(version)} and ${clip(other.version ?? "")}`,
        place: text.place,
        related: [other.text.place],
        severity: "medium",
        confidence: "high",
        fix: "write the tag that points at each commit",
        evidence: { comment: version },
      };
    }
  },
});

/** Places of one action that each other one is compared with: no workflow has more, and a made one is not worth its square. */
const COMPARED = 50;

interface Pin {
  /** `actions/checkout`, as written. */
  readonly name: string;
  readonly commit: string;
  /** What the comment says. */
  readonly version: string | undefined;
  readonly text: Text;
}

function pinOf(uses: Uses): Pin | undefined {
  if (uses.kind !== "repository" || uses.refKind !== "commit") return undefined;
  const { text, ref = "" } = uses;
  return { name: actionName(uses), commit: ref.toLowerCase(), version: versionOfComment(text.comment), text };
}

/** One commit has two versions, or one version two commits. */
function contradicts(one: Pin, other: Pin): boolean {
  if (one.version === undefined || other.version === undefined) return false;
  // `v4` and `v4.2.2` may be two tags of one commit; one version has one commit only where it is whole.
  if (one.commit === other.commit) return !isPartOf(one.version, other.version);
  return one.version === other.version && isWhole(one.version);
}

function isPartOf(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.toLowerCase().replace(/^v/, "").split(/[.+-]/)) as [
    string[],
    string[],
  ];
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  return shorter.every((part, index) => longer[index] === part);
}

function isWhole(version: string): boolean {
  return version.split(".").length >= 3;
}
