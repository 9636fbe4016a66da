import type { GitlabJob } from "../../engines/pipelines/model.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn } from "./gitlab/parts.ts";

const SOURCE = /\$\{?CI_MERGE_REQUEST_SOURCE_(?:BRANCH_SHA|BRANCH_NAME|PROJECT_URL|PROJECT_PATH)\b/;

function found(name: string) {
  return {
    subject: `job ${name}`,
    title: `${name} fetches the source of a merge request`,
    job: name,
    fix: "leave the check-out to GitLab, and give the job no secrets",
  };
}

function isForMergeRequests({ rules, only }: GitlabJob): boolean {
  return (
    only?.refs.some(({ value }) => value === "merge_requests") === true ||
    rules?.some((rule) => rule.if?.value.includes("merge_request") === true) === true
  );
}

/** Jobs that fetch the source of a merge request besides what GitLab checks out. */
export const gitlabMergeRequestCheckout = gitlabCheck({
  name: "gitlab-merge-request-checkout",
  title: "Merge request sources checked out in jobs",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks jobs that may run for merge requests for `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA` and the branch and project of the source in their scripts and images. Severity: medium.",
    why: "In a pipeline of merged results GitLab has checked out what would be merged. The job then runs what the author of the merge request wrote, before anybody reviewed it, with its own token and secrets.",
    fix: "Leave the check-out to GitLab, and give jobs that run code of merge requests no secrets.",
    references: [
      "https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/",
      "https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/",
    ],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const { name, image, runs, hidden } = job;
      if (runs.mergeRequest === "never" && !(hidden && isForMergeRequests(job))) continue;
      if (image !== undefined && SOURCE.test(image.name.value)) {
        yield { ...found(name), title: `${name} runs the image of a merge request's source`, place: image.name.place };
      }
      for (const line of [...job.hookScript, ...job.beforeScript, ...job.script]) {
        const command = line.commands.find(({ words, assignments }) =>
          [...words, ...assignments.map(({ value }) => value)].some(({ text }) => SOURCE.test(text)),
        );
        if (command === undefined || (!/SOURCE_BRANCH_SHA/.test(line.text.value) && command.program !== "git"))
          continue;
        yield { ...found(name), place: placeIn(line, command.programWord?.range ?? command.range) };
      }
    }
  },
});
