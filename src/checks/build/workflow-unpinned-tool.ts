import type { RatedSeverity } from "../../core/severity.ts";
import type { Field, Place } from "../../engines/pipelines/model.ts";
import { actionName } from "./pipelines/steps.ts";
import { inputOf, loweredName, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Actions that fetch the newest version of the tool that they set up. */
export const workflowUnpinnedTool = workflowCheck({
  name: "workflow-unpinned-tool",
  title: "Actions that install the latest version of a tool",
  severity: "medium",
  documentation: {
    what: "Checks actions that download a tool by a version from their inputs and take the latest where none is set: `aquasecurity/setup-trivy`, `1password/load-secrets-action`, `hashicorp/setup-terraform`, `azure/setup-helm`, `golangci/golangci-lint-action` and their like. Reported: no version, `latest`, and a version from an expression (with low confidence). Severity: medium; low for a version from an expression.",
    why: "The action may be pinned by commit: the tool that it downloads and runs with the job's token is whatever was released last.",
    fix: "Set the version input to a release.",
    references: ["https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions"],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses, with: inputs, step } of usesOf(file)) {
      const tool = TOOLS.get(loweredName(uses) ?? "");
      if (tool === undefined || step?.withComputed !== undefined) continue;
      const unpinned = unpinnedVersion(inputs, tool.inputs);
      if (unpinned === undefined) continue;
      const { input, says, severity } = unpinned;
      yield {
        subject: actionName(uses),
        title: `${actionName(uses)} installs ${says}`,
        place: input ?? uses.text.place,
        related: [uses.text.place],
        severity: severity ?? "medium",
        confidence: severity === undefined ? "high" : "low",
        fix: `set with.${tool.inputs[0]} to a release`,
        evidence: { uses: uses.text.value },
      };
    }
  },
});

/** By the action: the inputs that name the version, any of which pins it. */
const TOOLS: ReadonlyMap<string, { readonly inputs: readonly [string, ...string[]] }> = new Map(
  (
    [
      ["1password/load-secrets-action", "version"],
      ["aquasecurity/setup-trivy", "version"],
      ["azure/setup-helm", "version"],
      ["azure/setup-kubectl", "version"],
      ["fluxcd/flux2/action", "version"],
      ["golangci/golangci-lint-action", "version", "version-file"],
      ["hashicorp/setup-terraform", "terraform_version"],
      ["opentofu/setup-opentofu", "tofu_version", "tofu_version_file"],
      ["snyk/actions/setup", "snyk-version"],
      ["terraform-linters/setup-tflint", "tflint_version"],
    ] as const
  ).map(([action, ...inputs]) => [action, { inputs }]),
);

interface Unpinned {
  /** Of the input; absent where it is not set. */
  readonly input?: Place;
  readonly says: string;
  /** Absent: the check's. */
  readonly severity?: RatedSeverity;
}

function unpinnedVersion(fields: readonly Field[], inputs: readonly string[]): Unpinned | undefined {
  const stated = inputs.map((name) => inputOf(fields, name)).find((text) => text !== undefined);
  if (stated === undefined) return { says: "the latest version of its tool: none is set" };
  const place = stated.place;
  if (stated.value.trim().toLowerCase() === "latest") return { input: place, says: "the latest version of its tool" };
  if (stated.expressions.length === 0) return undefined;
  return { input: place, says: `a version that an expression names: ${stated.value}`, severity: "low" };
}
