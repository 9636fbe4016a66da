import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";
import { hostOf } from "./gitlab/urls.ts";

/** Tokens that stand in the address of a repository. */
export const gitlabCredentialsInGitUrl = gitlabCheck({
  name: "gitlab-credentials-in-git-url",
  title: "Credentials in addresses of Git remotes",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks `git` in scripts of a GitLab pipeline for addresses with a user and a password. Severity: high where the password is written out, medium where a variable holds it, low for `CI_JOB_TOKEN`.",
    why: "Git keeps the address in `.git/config`, where every later command and the cache find it, and its errors print it.",
    fix: "Use the job token by `git config url.….insteadOf` in the one command, a credential helper, or a deploy key.",
    references: ["https://docs.gitlab.com/ci/jobs/ci_job_token/", "https://git-scm.com/docs/gitcredentials"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (command.program !== "git") continue;
      for (const word of command.arguments) {
        const [, password] = /https?:\/\/[^\s:@/]{0,256}:([^\s@]{1,512})@/i.exec(word.text) ?? [];
        if (password === undefined) continue;
        const literal = !password.includes("$");
        yield {
          subject: `git ${hostOf(word.text) ?? "address"}`,
          title: `the address of git has ${literal ? "a password that is written out" : "a token in it"}`,
          place: placeIn(line, word.range),
          job,
          severity: literal ? "high" : /CI_JOB_TOKEN/.test(password) ? "low" : "medium",
          fix: "use a credential helper or a deploy key",
        };
      }
    }
  },
});
