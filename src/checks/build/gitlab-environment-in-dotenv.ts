import { dumpsEnvironment } from "./gitlab/environment.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn, scriptOf } from "./gitlab/parts.ts";

/** Reports that hold every variable of a job. */
export const gitlabEnvironmentInDotenv = gitlabCheck({
  name: "gitlab-environment-in-dotenv",
  title: "Environments kept as dotenv reports",
  severity: "high",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks jobs of a GitLab pipeline with `artifacts:reports:dotenv` for `env` and `printenv` that are written to a file. Severity: high.",
    why: "The report has the secrets and the token of the job, is handed to later jobs, and can be downloaded by everyone who may see the pipeline.",
    fix: 'Write the variables that later jobs need into the report, by name: `echo "VERSION=$VERSION" >> build.env`.',
    references: ["https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv"],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      if (job.artifacts?.reports.some(({ name }) => name.value === "dotenv") !== true) continue;
      for (const line of scriptOf(job)) {
        for (const command of line.commands) {
          if (!dumpsEnvironment(command) || !command.redirections.some(({ operator }) => operator.startsWith(">")))
            continue;
          yield {
            subject: `dotenv of ${job.name}`,
            title: `${command.program} writes all variables into a file of a job with a dotenv report`,
            place: placeIn(line, command.programWord?.range ?? command.range),
            job: job.name,
            fix: "write the variables that are needed into the report, by name",
          };
        }
      }
    }
  },
});
