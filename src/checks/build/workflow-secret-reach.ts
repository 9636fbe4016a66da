import type { SecretUse } from "../../engines/pipelines/model.ts";
import { acrossCheck } from "./pipelines/across/across-check.ts";
import {
  approvalDetail,
  attacksOn,
  isPrivileged,
  listed,
  nameOf,
  stakesOf,
  stakesText,
  withApproval,
} from "./pipelines/across/attacks.ts";

/** Secrets and tokens that code of an outsider reaches, and by which step. */
export const workflowSecretReach = acrossCheck({
  name: "workflow-secret-reach",
  title: "Secrets in reach of pull requests",
  severity: "critical",
  controls: [],
  withoutControl: "none of the ten is about what pipelines hand to pull requests",
  documentation: {
    what: "Checks jobs that an outsider can start in the repository's own context and in which their code runs (a checkout of the pull request that a step then builds, an artifact that is run, text of the event in a script), and lists the secrets that the job is handed and what its token may write. Secrets are followed through reusable workflows of the repository (`secrets: inherit` or by name), and steps through its composite actions. Not reported: jobs whose `if` keeps outsiders out, actions and workflows of other repositories. Severity: critical where there is a secret or a token that writes, medium where the token's permissions are not stated; one less where an environment may ask for an approval.",
    why: "Code that runs in a job reads every secret that the runner was handed, also those of other steps, from the runner's memory.",
    fix: "Use `pull_request`, or split the workflow: one part that runs the code and has no secrets, one that has secrets and runs nothing of it.",
    references: [
      "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
      "https://docs.github.com/en/actions/reference/security/secure-use",
    ],
  },
  *detect(runs) {
    for (const { running, scenario, takeover } of attacksOn(runs)) {
      // What is published is no secret.
      const { secrets, scopes } = stakesOf(running);
      const stakes = { secrets, scopes };
      const privileged = isPrivileged(stakes);
      if (privileged === false) continue;
      const detail = approvalDetail(running);
      yield {
        subject: nameOf(running),
        title: `An outsider reaches ${stakesText(stakes)}: ${nameOf(running)} ${takeover.how}`,
        place: takeover.place,
        related: [
          ...takeover.from,
          scenario.trigger.place,
          ...(scenario.after === undefined ? [] : [scenario.after.trigger.place]),
          ...running.secrets.flatMap(placesOf),
        ],
        severity: withApproval(privileged === true ? "critical" : "medium", running),
        confidence: takeover.confidence,
        ...(detail === undefined ? {} : { detail }),
        fix: `run the pull request's code by pull_request, in a job without secrets and with permissions: {}`,
        evidence: {
          trigger: scenario.trigger.event,
          ...(secrets.length === 0 ? {} : { secrets: listed(secrets) }),
          token: scopes === undefined ? "the repository's default" : scopes.length === 0 ? "read" : scopes.join(", "),
        },
      };
    }
  },
});

function placesOf({ place, passed }: SecretUse) {
  return [...passed, place];
}
