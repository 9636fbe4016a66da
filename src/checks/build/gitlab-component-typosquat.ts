import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Projects of components that many pipelines include. */
const KNOWN: readonly string[] = [
  ..."ansible container-scanning code-intelligence code-quality dependency-scanning go opentofu ruby rust sast secret-detection"
    .split(" ")
    .map((name) => `components/${name}`),
  ..."danger-review docker-in-docker npm semantic-release sonarqube terraform"
    .split(" ")
    .map((name) => `components/${name}`),
  "dependabot-gitlab/dependabot-standalone",
  "to-be-continuous/docker",
  "to-be-continuous/kubernetes",
  "to-be-continuous/maven",
  "to-be-continuous/node",
  "to-be-continuous/python",
  "to-be-continuous/semantic-release",
  "to-be-continuous/sonar",
  "to-be-continuous/terraform",
];

/** `group/project` of an address without its host, its version and the component's own name. */
function projectOf(address: string): string | undefined {
  const [path = ""] = address.split("@", 1);
  const parts = path.split("/").filter((part) => part !== "");
  const [host = ""] = parts;
  const own = host.includes(".") || host.startsWith("$") ? parts.slice(1) : parts;
  return own.length < 3 ? undefined : own.slice(0, -1).join("/");
}

/** One character is exchanged, added or left out. */
function differsByOne(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1 || short === long) return false;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  return short.slice(same + (short.length === long.length ? 1 : 0)) === long.slice(same + 1);
}

/** Components whose address is one character from that of a widely used one. */
export const gitlabComponentTyposquat = gitlabCheck({
  name: "gitlab-component-typosquat",
  title: "Components named almost like a known one",
  severity: "medium",
  documentation: {
    what: "Checks `include:component` of a GitLab pipeline for projects that differ in one character of their path from a widely used one, under another group. Severity: medium.",
    why: "A mistyped group that someone else has registered gives them a job with the secrets of this project.",
    fix: "Compare the address with the one in the CI/CD Catalog, and correct it.",
    references: ["https://docs.gitlab.com/ci/components/"],
  },
  *detect(pipeline) {
    for (const include of pipeline.includes) {
      if (include.kind !== "component") continue;
      const { value, place } = include.component;
      const project = projectOf(value);
      if (project === undefined || KNOWN.includes(project)) continue;
      const like = KNOWN.find(
        (known) => known.split("/", 1)[0] !== project.split("/", 1)[0] && differsByOne(known, project),
      );
      if (like === undefined) continue;
      yield {
        subject: `component ${project}`,
        title: `${project} is one character from ${like}`,
        place,
        fix: `check the address: is ${like} meant?`,
      };
    }
  },
});
