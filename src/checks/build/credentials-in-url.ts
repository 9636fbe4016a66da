import type { ShellWord } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** The password of `scheme://user:password@host`, or the token that stands for the user. */
function passwordOf({ text }: ShellWord): { readonly literal: boolean } | undefined {
  const [, user = "", password] =
    /\b(?:https?|ftp|git|ssh|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?):\/\/([^\s/:@]{0,256})(?::([^\s/@]{1,512}))?@/.exec(
      text,
    ) ?? [];
  const token = /^(?:ghp_|gho_|ghs_|github_pat_|glpat-)/.test(user) ? user : undefined;
  const value =
    password ?? token ?? (/TOKEN|SECRET|PASSW|PAT\b/i.test(user) && user.startsWith("$") ? user : undefined);
  if (value === undefined || /^(?:x-oauth-basic)$/.test(value)) return undefined;
  return { literal: !/[$`%{<]/.test(value) };
}

/** Passwords and tokens within a URL. */
export const credentialsInUrl = dockerfileCheck<"commands">({
  name: "credentials-in-url",
  title: "Credentials in URLs",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks commands for URLs with a password or a token before the `@`. Where a variable holds it, only `git clone`, `git remote` and `git config` are reported, of severity medium: Git writes the URL with the value to `.git/config`. Databases on this machine are of severity low.",
    why: "What is hard-coded stands in the Dockerfile and in the image's history. What Git writes to its configuration stays in the layer.",
    fix: "Mount the credentials: `RUN --mount=type=secret,id=netrc,target=/root/.netrc git clone https://…`, or `--mount=type=ssh`.",
    references: ["https://docs.docker.com/build/building/secrets/", "https://git-scm.com/docs/gitcredentials"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      const words = [...command.words, ...command.assignments.map(({ value }) => value)];
      const found = words.map(passwordOf).filter((one) => one !== undefined);
      const literal = found.some((one) => one.literal);
      const { program } = command;
      const git = program === "git" && command.arguments.some(({ text }) => /^(?:clone|remote|config)$/.test(text));
      if (found.length === 0 || !(literal || git)) continue;
      const local = words.every(
        (word) => passwordOf(word) === undefined || /@(?:localhost|127\.0\.0\.1|\[::1\])/.test(word.text),
      );
      yield {
        subject: `${program ?? "the shell"}: URL`,
        unrecorded: literal && !local ? true : undefined,
        title: literal ? "Password in a URL" : "git stores the URL with its password in .git/config",
        severity: local ? "low" : literal ? "high" : "medium",
        range: command.programWord?.range ?? { ...command.range, end: command.range.start },
        stage: instruction.stage,
        fix: "mount the credentials with RUN --mount=type=secret or --mount=type=ssh",
      };
    }
  },
});
