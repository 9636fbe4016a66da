import { clip } from "../findings/one-line.ts";
import { versionOfComment } from "./pipelines/action-versions.ts";
import { actionName } from "./pipelines/steps.ts";
import { loweredName, type PlacedUses, usesOf } from "./pipelines/uses.ts";
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
    const pinned = usesOf(file).filter(({ uses }) => uses.kind === "repository" && uses.refKind === "commit");
    for (const used of pinned) {
      const { uses } = used;
      const name = actionName(uses);
      const version = versionOfComment(uses.text.comment);
      const place = uses.text.place;
      if (version === undefined) {
        yield {
          subject: `${name}: no version`,
          title: `No comment names the version of ${name}`,
          place,
          severity: "low",
          confidence: "high",
          fix: `add the version as a comment: uses: ${name}@<commit> # v1.2.3`,
          evidence: { comment: uses.text.comment ?? "none" },
        };
        continue;
      }
      const others = contradicting(used, version, pinned);
      const [other] = others;
      if (other === undefined) continue;
      yield {
        subject: `${name}: contradiction`,
        title: `${name} has comments that contradict each other: ${clip(version)} and ${clip(versionOfComment(other.uses.text.comment) ?? "")}`,
        place,
        related: others.map(({ uses: { text } }) => text.place),
        severity: "medium",
        confidence: "high",
        fix: "write the tag that points at each commit",
        evidence: { comment: version },
      };
    }
  },
});

/** Those of the same action that say another version of this commit, or this version of another commit. */
function contradicting({ uses }: PlacedUses, version: string, all: readonly PlacedUses[]): PlacedUses[] {
  const commit = commitOf(uses);
  return all.filter((other) => {
    if (other.uses === uses || loweredName(other.uses) !== loweredName(uses)) return false;
    const said = versionOfComment(other.uses.text.comment);
    if (said === undefined) return false;
    // `v4` and `v4.2.2` may be two tags of one commit; one version has one commit only where it is whole.
    return commitOf(other.uses) === commit ? !isPartOf(said, version) : said === version && isWhole(version);
  });
}

function commitOf(uses: PlacedUses["uses"]): string {
  return uses.kind === "repository" ? (uses.ref ?? "").toLowerCase() : "";
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
