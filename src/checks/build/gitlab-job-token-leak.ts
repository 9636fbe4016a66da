import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf } from "./gitlab/parts.ts";
import { hostOf } from "./gitlab/urls.ts";

/** GitLab is often run under a name with it. */
function isForeign(host: string): boolean {
  return host !== "gitlab.com" && !/(?:^|\.)gitlab[.-]/.test(host) && !host.endsWith(".gitlab.com");
}

/** The token of a job that goes to a host that is not GitLab. */
export const gitlabJobTokenLeak = gitlabCheck({
  name: "gitlab-job-token-leak",
  title: "Job tokens sent to other hosts",
  severity: "high",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks commands in scripts of a GitLab pipeline that name `CI_JOB_TOKEN` together with the address of a host other than `gitlab.com`. Not reported: addresses that a variable holds, such as `$CI_SERVER_URL` and `$CI_API_V4_URL`, and hosts named gitlab. Severity: high.",
    why: "While the job runs its token reads and writes what the user who started it may: packages, releases, other projects.",
    fix: "Send the token to `$CI_API_V4_URL` alone. Give other hosts a token of their own, best by `id_tokens`.",
    references: ["https://docs.gitlab.com/ci/jobs/ci_job_token/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, job } = one;
      const text = [...command.arguments, ...command.assignments.map(({ value }) => value)].map((word) => word.text);
      if (!text.some((word) => /\$\{?CI_JOB_TOKEN\b/.test(word))) continue;
      const host = text
        .flatMap((word) => hostOf(word.slice(Math.max(0, word.search(/https?:/i)))) ?? [])
        .find(isForeign);
      if (host === undefined) continue;
      yield {
        subject: `CI_JOB_TOKEN to ${host}`,
        title: `CI_JOB_TOKEN is sent to ${host}`,
        place: commandPlace(one),
        job,
        fix: "send it to $CI_API_V4_URL alone",
      };
    }
  },
});
