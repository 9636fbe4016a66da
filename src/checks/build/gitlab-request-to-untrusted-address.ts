import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";
import { isChosenByOthers, namesIn } from "./gitlab/variables.ts";

/** Addresses that hold the name of a branch, a tag or a text of a commit. */
export const gitlabRequestToUntrustedAddress = gitlabCheck({
  name: "gitlab-request-to-untrusted-address",
  title: "Untrusted text in addresses of downloads",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks `curl` and `wget` in scripts of a GitLab pipeline for predefined variables in their arguments that whoever pushes decides. Severity: medium where it is in the address, low in another argument.",
    why: "Who names a branch then decides what is fetched or where a request goes, the headers with tokens included.",
    fix: "Use `$CI_COMMIT_SHA` or `$CI_COMMIT_REF_SLUG`, or encode the variable before it becomes part of the address.",
    references: ["https://docs.gitlab.com/ci/variables/predefined_variables/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (command.program !== "curl" && command.program !== "wget") continue;
      for (const word of command.arguments) {
        const name = namesIn(word.text).find((each) => isChosenByOthers(each) && word.expansions.length > 0);
        if (name === undefined) continue;
        yield {
          subject: `${command.program} $${name}`,
          title: `${command.program} is given $${name}, which whoever pushes decides`,
          place: placeIn(line, word.range),
          job,
          severity: /^https?:|^\$/.test(word.text) ? "medium" : "low",
          fix: `use $CI_COMMIT_SHA in place of $${name}, or encode it`,
        };
      }
    }
  },
});
