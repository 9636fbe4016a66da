import type { GitlabInclude, Text } from "../../engines/pipelines/model.ts";
import { allowedBy } from "./dockerfile/registries.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

function sourceOf(include: GitlabInclude): Text | undefined {
  switch (include.kind) {
    case "project":
      return include.project;
    case "component":
      return include.component;
    case "remote":
      return include.remote;
    default:
      return undefined;
  }
}

/** `gitlab.com/group/tool` without scheme, version and query; of an address that begins with a variable also what follows it. */
function namesOf(written: string): string[] {
  const name = (written.replace(/^[a-z]+:\/\//i, "").split(/[@?#]/, 1)[0] ?? "").toLowerCase();
  return name.startsWith("$") ? [name, name.slice(name.indexOf("/") + 1)] : [name];
}

/** Includes from projects and hosts that the policy does not name. */
export const gitlabIncludeNotAllowed = gitlabCheck({
  name: "gitlab-include-not-allowed",
  title: "Includes from places that the policy does not name",
  severity: "high",
  documentation: {
    what: "Checks `include` of projects, components and remote files of a GitLab pipeline against `pipelines.includes.allow` of the policy. A policy without it allows all. Not reported: `local`, `template`, and addresses whose host a variable holds and whose path is allowed. Severity: high.",
    why: "What is included runs with the secrets of the pipeline: whose configuration may is a decision, and not whatever a merge request adds.",
    fix: "Include from a project that the policy names, or add that to `pipelines.includes.allow`.",
    references: ["https://docs.gitlab.com/ci/yaml/#include"],
  },
  *detect(pipeline, { includes }) {
    if (includes.length === 0) return;
    const isAllowed = allowedBy(includes.map((entry) => entry.toLowerCase()));
    for (const include of pipeline.includes) {
      const text = sourceOf(include);
      if (text === undefined) continue;
      const names = namesOf(text.value);
      // What a variable holds is not known; its path alone may be allowed.
      if (names.some(isAllowed) || names.every((name) => name.startsWith("$"))) continue;
      yield {
        subject: `${include.kind} ${names[0] ?? text.value}`,
        title: `${text.value} is not among the places to include from that the policy names`,
        place: text.place,
        fix: "include from a project that the policy names, or add it to pipelines.includes.allow",
      };
    }
  },
});
