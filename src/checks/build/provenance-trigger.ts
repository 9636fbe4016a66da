import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images of builds that a stranger may have started. */
export const provenanceTrigger = trustCheck({
  name: "provenance-trigger",
  layer: "build",
  about: "provenance",
  title: "Build started by strangers",
  severity: "high",
  documentation: {
    what: "Checks the event that started the build, as the signer's certificate records it (`--verify`). Reported: builds by events that `triggers` of the rule does not allow; without `triggers`, events that strangers can start: `pull_request_target`, `issue_comment`, `workflow_run` and similar.",
    why: "A workflow on `pull_request_target` runs with the repository's rights on a stranger's change. What it builds has valid provenance.",
    fix: "Build images in workflows on `push`, `release` or `workflow_dispatch` only.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.trigger"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build the image in a workflow that only writers of the repository can start",
});
