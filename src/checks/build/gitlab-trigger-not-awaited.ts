import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Child and downstream pipelines whose failure is not seen. */
export const gitlabTriggerNotAwaited = gitlabCheck({
  name: "gitlab-trigger-not-awaited",
  title: "Triggered pipelines that nothing waits for",
  severity: "low",
  documentation: {
    what: "Checks `trigger` of a GitLab pipeline for `strategy: depend` or `mirror`. Severity: low.",
    why: "The job is green once the other pipeline is created: tests, scans and deployments in it may fail, and this pipeline goes on.",
    fix: "Write `strategy: depend` into `trigger`.",
    references: ["https://docs.gitlab.com/ci/yaml/#triggerstrategy"],
  },
  *detect(pipeline) {
    for (const { name, trigger } of pipeline.jobs) {
      if (trigger === undefined || /^(?:depend|mirror)$/.test(trigger.strategy?.value ?? "")) continue;
      yield {
        subject: `job ${name}`,
        title: `${name} does not wait for the pipeline that it triggers`,
        place: trigger.place,
        job: name,
        fix: "write strategy: depend into trigger",
      };
    }
  },
});
