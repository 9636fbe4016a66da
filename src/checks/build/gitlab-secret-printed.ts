import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";
import { endsLikeSecret } from "./gitlab/variables.ts";

const PRINTS: ReadonlySet<string> = new Set(["echo", "printf", "print"]);

/** `${#NAME}`, `${NAME:+set}`, `${NAME:-none}`: its length, or whether it is there. */
function isGuarded(text: string, name: string): boolean {
  return ["{#NAME", "{NAME:-", "{NAME:+", "{NAME+", "{NAME-"].some((form) => text.includes(form.replace("NAME", name)));
}

/** Variables with the name of a secret that a job prints. */
export const gitlabSecretPrinted = gitlabCheck({
  name: "gitlab-secret-printed",
  title: "Secrets printed into job logs",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `echo`, `printf` and `print` of variables with the name of a secret. Not reported: what goes to a file or another command, is assigned to a variable, or stands in single quotes. Severity: medium.",
    why: "Masking covers exact values alone, and not at all variables that are not masked: everyone who may see the job reads the rest.",
    fix: 'Take the command out. To see that a variable is set, test it: `[ -n "$TOKEN" ]`.',
    references: ["https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (!PRINTS.has(command.program ?? "") || command.pipedInto.length > 0) continue;
      if (command.within.some((inside) => inside === "substitution")) continue;
      if (
        command.redirections.some(
          ({ operator, target }) => operator.startsWith(">") && !/^(?:&?[12]|\/dev\/std)/.test(target.text),
        )
      )
        continue;
      for (const { expansions, text } of command.arguments) {
        for (const { kind, name = "", range } of expansions) {
          if (kind !== "parameter" || !endsLikeSecret(name) || isGuarded(text, name)) continue;
          yield {
            subject: `$${name} printed`,
            title: `${command.program} prints $${name} into the job log`,
            place: placeIn(line, range),
            job,
            fix: `take it out; test the variable with [ -n "$${name}" ]`,
          };
        }
      }
    }
  },
});
