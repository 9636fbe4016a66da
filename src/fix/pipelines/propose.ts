/** Which change each check's findings have. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding, TextEdit } from "../../core/finding.ts";
import { bounds } from "./bounds.ts";
import { asList, byAuthor, plainPath, soundCondition } from "./conditions.ts";
import { explicitSecrets, leastPermissions, withCooldown, withoutInsecureCommands } from "./entries.ts";
import { withoutCache, withoutPersistedCredentials } from "./inputs.ts";
import { byCommit, byDigest } from "./pinned.ts";
import type { Proposal } from "./proposal.ts";
import type { PipelineSource } from "./source.ts";
import { asVariables } from "./variables.ts";

type Proposer = (finding: Finding, source: PipelineSource) => Proposal | undefined;

export const proposers: ReadonlyMap<string, Proposer> = new Map<string, Proposer>([
  ["build/dependabot-cooldown", withCooldown],
  ["build/workflow-bot-conditions", byAuthor],
  ["build/workflow-cache-poisoning", withoutCache],
  ["build/workflow-checkout-credentials", withoutPersistedCredentials],
  ["build/workflow-excessive-permissions", leastPermissions],
  ["build/workflow-expression-in-script", asVariables],
  ["build/workflow-insecure-commands", withoutInsecureCommands],
  ["build/workflow-obfuscation", plainPath],
  ["build/workflow-secrets-inherited", explicitSecrets],
  ["build/workflow-template-injection", asVariables],
  ["build/workflow-unpinned-action", byCommit],
  ["build/workflow-unpinned-image", byDigest],
  ["build/workflow-unsound-condition", soundCondition],
  ["build/workflow-unsound-contains", asList],
]);

/** The findings with changes in place of words where there are any; none of them is tried yet. */
export function withProposals(evaluations: readonly Evaluation[], source: PipelineSource): Evaluation[] {
  const lineEnd = /\r\n/.test(source.text) ? "\r\n" : "\n";
  let left = bounds.pipelineProposals;
  return evaluations.map((evaluation) => {
    const propose = proposers.get(evaluation.check);
    if (propose === undefined || evaluation.findings.length === 0) return evaluation;
    const findings = evaluation.findings.map((finding): Finding => {
      if (finding.fix?.kind !== "instruction" || left <= 0) return finding;
      left--;
      const proposal = propose(finding, source);
      if (proposal === undefined) return finding;
      const { grade, reason, edits } = proposal;
      const [first, ...more] = edits.map((edit) => withLineEnd(edit, lineEnd));
      if (first === undefined) return finding;
      return { ...finding, fix: { kind: "edit", text: finding.fix.text, grade, reason, edits: [first, ...more] } };
    });
    return { ...evaluation, findings };
  });
}

function withLineEnd(edit: TextEdit, lineEnd: string): TextEdit {
  return { ...edit, replacement: edit.replacement.replace(/\r?\n/g, lineEnd) };
}
