import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

const BUILDERS = /^(?:docker|podman|buildah|nerdctl)$/;
const VERBS = /^(?:build|push|tag|buildx|bud)$/;

/** Images that are built under a name that others choose. */
export const gitlabImageTagFromBranch = gitlabCheck({
  name: "gitlab-image-tag-from-branch",
  title: "Image tags named by branches",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks `docker`, `podman` and `buildah` in scripts of a GitLab pipeline for tags with the name of the branch. Severity: low; negligible for the `SLUG`.",
    why: "A branch called `latest` or `main` overwrites the image that others run.",
    fix: "Tag with `$CI_COMMIT_SHA`, and move other tags in jobs of protected branches alone.",
    references: ["https://docs.gitlab.com/ci/variables/predefined_variables/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (!BUILDERS.test(command.program ?? "") || !command.arguments.some(({ text }) => VERBS.test(text))) continue;
      for (const word of command.arguments) {
        const [, name] =
          /:\$\{?(CI_COMMIT_REF_NAME|CI_COMMIT_REF_SLUG|CI_COMMIT_BRANCH|CI_MERGE_REQUEST_SOURCE_BRANCH_NAME)\b/.exec(
            word.text,
          ) ?? [];
        if (name === undefined) continue;
        yield {
          subject: `tag by $${name}`,
          title: `$${name} decides the tag of the image`,
          place: placeIn(line, word.range),
          job,
          severity: name.endsWith("_SLUG") ? "negligible" : "low",
          fix: "tag with $CI_COMMIT_SHA",
        };
        break;
      }
    }
  },
});
