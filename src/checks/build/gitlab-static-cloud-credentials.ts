import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, wordsOf } from "./gitlab/parts.ts";

function staticLogin(command: ShellCommand): string | undefined {
  const { program = "", assignments } = command;
  const words = wordsOf(command);
  const has = (...texts: readonly string[]): boolean =>
    texts.every((text) => words.some((word) => word === text || word.startsWith(`${text}=`)));
  const set = [
    ...assignments.map(({ name }) => name),
    ...(program === "export" ? words.map((word) => word.split("=", 1)[0]) : []),
  ];
  if (set.includes("AWS_SECRET_ACCESS_KEY")) return "AWS_SECRET_ACCESS_KEY";
  switch (program) {
    case "gcloud":
      return has("activate-service-account") || has("--key-file") ? "gcloud --key-file" : undefined;
    case "aws":
      return has("configure", "set", "aws_secret_access_key") ? "aws configure set" : undefined;
    case "az":
      return has("login", "--service-principal") && (has("--password") || has("-p")) && !has("--federated-token")
        ? "az login --password"
        : undefined;
    default:
      return undefined;
  }
}

/** Logins of jobs to a cloud by keys that do not expire. */
export const gitlabStaticCloudCredentials = gitlabCheck({
  name: "gitlab-static-cloud-credentials",
  title: "Long-lived cloud keys in jobs",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for logins with keys: `gcloud auth activate-service-account` and `--key-file`, `aws configure set aws_secret_access_key`, `AWS_SECRET_ACCESS_KEY=`, `az login --service-principal --password`. Not reported: keys that a command of the job was given for a short time (`assume-role`). Severity: medium.",
    why: "Whoever reads the key once uses it until somebody changes it, from anywhere.",
    fix: "Log in by an ID token (`id_tokens`): workload identity federation, `AssumeRoleWithWebIdentity`, `--federated-token`.",
    references: ["https://docs.gitlab.com/ci/cloud_services/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const what = staticLogin(one.command);
      if (
        what === undefined ||
        (what.includes("AWS") && one.script.some(({ text }) => /assume-role|sts:/i.test(text.value)))
      )
        continue;
      yield {
        subject: what,
        title: `the job logs in by a key that does not expire (${what})`,
        place: commandPlace(one),
        job: one.job,
        fix: "log in by an ID token: id_tokens",
      };
    }
  },
});
