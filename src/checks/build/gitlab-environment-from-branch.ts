import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isChosenByOthers, namesIn } from "./gitlab/variables.ts";

/** Environments whose name others decide. */
export const gitlabEnvironmentFromBranch = gitlabCheck({
  name: "gitlab-environment-from-branch",
  title: "Environments named by branches",
  severity: "medium",
  documentation: {
    what: "Checks `environment:name` of a GitLab pipeline for predefined variables that whoever pushes decides. Severity: medium where the variable is the whole name or its beginning; negligible behind a fixed beginning such as `review/`, as GitLab proposes it.",
    why: "A branch with the name of an environment deploys to it and gets its variables: `production` too, where nothing protects it.",
    fix: "Put a fixed beginning in front: `review/$CI_COMMIT_REF_SLUG`. Protect the environments that have secrets.",
    references: [
      "https://docs.gitlab.com/ci/environments/#create-a-dynamic-environment",
      "https://docs.gitlab.com/ci/environments/protected_environments/",
    ],
  },
  *detect(pipeline) {
    for (const { name, environment } of pipeline.jobs) {
      const text = environment?.name;
      if (text === undefined) continue;
      for (const variable of new Set(namesIn(text.value).filter(isChosenByOthers))) {
        yield {
          subject: `environment ${text.value} by $${variable}`,
          title: `$${variable} decides the environment ${text.value}`,
          place: text.place,
          job: name,
          severity: /^[\w-]{1,64}\//.test(text.value) ? "negligible" : "medium",
          fix: "put a fixed beginning in front: review/$CI_COMMIT_REF_SLUG",
        };
      }
    }
  },
});
