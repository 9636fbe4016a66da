import { deploysByName } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue } from "./gitlab/parts.ts";

/** Jobs that deploy and that a newer pipeline ends. */
export const gitlabInterruptibleDeploy = gitlabCheck({
  name: "gitlab-interruptible-deploy",
  title: "Deployments that may be cut off",
  severity: "low",
  documentation: {
    what: "Checks jobs that deploy or publish for `interruptible: true`. Severity: low.",
    why: "A push while it runs ends the job half way: what it deploys is neither the old nor the new version.",
    fix: "Write `interruptible: false` into the job.",
    references: ["https://docs.gitlab.com/ci/yaml/#interruptible"],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const { interruptible, name } = job;
      if (interruptible === undefined || !isTrue(interruptible) || !deploysByName(job)) continue;
      yield {
        subject: `job ${name}`,
        title: `${name} deploys, and a newer pipeline may end it half way`,
        place: interruptible.place,
        job: name,
        fix: "write interruptible: false into the job",
      };
    }
  },
});
