import type { Field, GithubFile, Job, Text } from "../../engines/pipelines/model.ts";
import { publishes } from "./pipelines/registry-publishing.ts";
import { scriptCheck } from "./pipelines/script-check.ts";
import { actionName, fieldNamed, permissionsOf, whereOf } from "./pipelines/steps.ts";
import { booleanOf, inputOf, loweredName, mayRun, usesOf } from "./pipelines/uses.ts";
import type { WorkflowDetection } from "./pipelines/workflow-check.ts";

/** Packages that are published with a long-lived token where the registry would take the workflow's identity. */
export const workflowTrustedPublishing = scriptCheck({
  name: "workflow-trusted-publishing",
  title: "Packages published with a token, not by trusted publishing",
  severity: "low",
  documentation: {
    what: "Checks actions and commands that publish to npm, PyPI, RubyGems, crates.io and NuGet for a token where the registry supports trusted publishing: a `password` of pypa/gh-action-pypi-publish, `api-token` of rubygems/configure-rubygems-credentials, `setup-trusted-publisher: false` of rubygems/release-gem, `always-auth` of actions/setup-node, and commands such as `npm publish`, `twine upload` or `cargo publish` in a job without the permission `id-token: write`. Not reported: other registries, dry runs.",
    why: "A token that never expires is copied to everyone who can run a workflow with it. With trusted publishing the registry checks which repository and workflow publishes, and there is nothing to steal.",
    fix: "Register the workflow as a trusted publisher with the registry, give the job `id-token: write`, and revoke the token.",
    references: [
      "https://repos.openssf.org/trusted-publishers-for-all-package-repositories",
      "https://docs.npmjs.com/trusted-publishers",
      "https://docs.pypi.org/trusted-publishers/",
      "https://guides.rubygems.org/trusted-publishing/",
      "https://crates.io/docs/trusted-publishing",
      "https://learn.microsoft.com/en-us/nuget/nuget-org/trusted-publishing",
    ],
  },
  *detect({ file, commands }) {
    yield* byActions(file);
    // In an action's metadata the permissions of the job are not known.
    if (file.kind !== "workflow") return;
    const identified = new Set(file.jobs.filter((job) => mayIdentify(file, job)));
    for (const { words, place, job, step } of commands) {
      if (job === undefined || identified.has(job) || !mayRun(step)) continue;
      const registry = publishes(words);
      if (registry === undefined) continue;
      yield {
        subject: `job ${job.id}: ${words[0]} to ${registry}`,
        title: `Job ${job.id} publishes to ${registry} with a token`,
        place,
        confidence: "medium",
        fix: `register the workflow with ${registry} as a trusted publisher, and give the job id-token: write`,
        evidence: { command: beforeOptions(words) },
      };
    }
  },
});

/** Without options: one may have the token for its value. */
function beforeOptions(words: readonly string[]): string {
  const option = words.findIndex((word) => word.startsWith("-"));
  return words.slice(0, option < 0 ? undefined : option).join(" ");
}

/** `id-token: write`, of the job or of the workflow. */
function mayIdentify(file: GithubFile & { kind: "workflow" }, job: Job): boolean {
  const permissions = permissionsOf(file, job);
  if (permissions === undefined) return false;
  if (permissions.kind === "all") return permissions.level === "write-all";
  return permissions.grants.some(({ scope, level }) => scope.value === "id-token" && level.value === "write");
}

function* byActions(file: GithubFile): Generator<WorkflowDetection> {
  for (const { uses, with: inputs, job } of usesOf(file)) {
    const token = TOKENS[loweredName(uses) ?? ""]?.(inputs);
    if (token === undefined) continue;
    const name = actionName(uses);
    yield {
      subject: `${whereOf(job?.kind === "steps" ? { job } : {})}: ${name}`,
      title: `${name} is given a token instead of the workflow's identity`,
      place: uses.text.place,
      related: [token.place],
      confidence: "high",
      fix: "register the workflow as a trusted publisher, give the job id-token: write, and remove the input",
      evidence: { uses: uses.text.value },
    };
  }
}

/** By the action: the input that hands it a token for a registry with trusted publishing. */
const TOKENS: Readonly<Record<string, (inputs: readonly Field[]) => Text | undefined>> = {
  "pypa/gh-action-pypi-publish": (inputs) =>
    at(inputs, PYPI, "repository-url", "repository_url") ? inputOf(inputs, "password") : undefined,
  "rubygems/configure-rubygems-credentials": (inputs) =>
    at(inputs, RUBYGEMS, "gem-server") ? inputOf(inputs, "api-token") : undefined,
  "rubygems/release-gem": (inputs) => {
    const stated = inputOf(inputs, "setup-trusted-publisher");
    return booleanOf(stated) === false ? stated : undefined;
  },
  "actions/setup-node": (inputs) => {
    const always = inputOf(inputs, "always-auth");
    return booleanOf(always) === true && at(inputs, NPM, "registry-url") ? always : undefined;
  },
};

const PYPI = /^https:\/\/(?:upload|test)\.pypi\.org\/legacy\/?$/i;
const RUBYGEMS = /^https:\/\/rubygems\.org\/?$/i;
const NPM = /^https:\/\/registry\.npmjs\.org\/?$/i;

/** The registry is this one, or none is named and the default is. */
function at(inputs: readonly Field[], registry: RegExp, ...names: readonly string[]): boolean {
  return names.every((name) => fieldNamed(inputs, name) === undefined || stated(inputs, name, registry));
}

function stated(inputs: readonly Field[], name: string, registry: RegExp): boolean {
  return registry.test(inputOf(inputs, name)?.value.trim() ?? "");
}
