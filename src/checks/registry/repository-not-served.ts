import { compileGlob } from "../../core/glob.ts";
import type { PulledImageCheck } from "../subjects/pull.ts";

/** Pulls from repositories that the policy does not list. */
export const repositoryNotServed: PulledImageCheck<"place", "repositories"> = {
  id: "registry/repository-not-served",
  title: "Pulls from repositories that are not listed",
  layer: "registry",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about which repositories a registry serves",
  severity: "high",
  documentation: {
    what: "Checks, in a registry guard (`bulkhead registry serve`), the repository of a pull against `registry.pull.repositories`. Not reported: any repository, where that list is not set.",
    why: "What is kept for tests, for other teams or from before the rules runs in production as soon as somebody can pull it there.",
    fix: "Pull the image from a repository that the policy lists, or list this one.",
    references: ["https://github.com/opencontainers/distribution-spec/blob/main/spec.md"],
  },
  subject: "pulled-image",
  needs: { place: "complete" },
  parameters: { repositories: ({ registry }) => registry.pull.repositories },
  applies: ({ repositories }) => repositories.length > 0,
  looked: ({ place: { repository } }) => ({ repository }),
  *evaluate({ place: { repository }, repositories }) {
    if (repositories.some((pattern) => compileGlob(pattern)(repository) || compileGlob(`${pattern}/**`)(repository))) {
      return;
    }
    yield {
      subject: "repository",
      severity: "high",
      title: `Repository ${repository} is not among those that are served`,
      locations: [{ kind: "config", field: "repository" }],
      matches: { ids: ["registry/repository-not-served"] },
      fix: { kind: "instruction", text: "pull it from a repository of registry.pull.repositories" },
      evidence: { repository, served: repositories.join(", ") },
    };
  },
};
