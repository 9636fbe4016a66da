import { deploysByName } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn, scriptOf } from "./gitlab/parts.ts";
import { publishes, signs } from "./gitlab/pushes.ts";

/** Jobs that publish and sign nothing. */
export const gitlabUnsignedRelease = gitlabCheck({
  name: "gitlab-unsigned-release",
  title: "Releases that nothing signs",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks jobs that deploy or publish for commands that push images or packages, where no command of the job signs (`cosign sign`, `gpg --detach-sign`, `notation sign`, `npm publish --provenance`). Severity: low.",
    why: "Who installs it cannot tell what this pipeline made from what somebody put in its place.",
    fix: "Sign by `cosign sign` with an ID token: `id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}`.",
    references: ["https://docs.gitlab.com/ci/yaml/signing_examples/"],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const all = scriptOf(job).flatMap((line) => line.commands.map((command) => ({ command, line })));
      if (!deploysByName(job) || all.some(({ command }) => signs(command))) continue;
      for (const { command, line } of all) {
        const what = publishes(command);
        if (what === undefined) continue;
        yield {
          subject: `job ${job.name}`,
          title: `${job.name} publishes by ${what}, and signs nothing`,
          place: placeIn(line, command.programWord?.range ?? command.range),
          job: job.name,
          fix: "sign by cosign sign with an ID token for sigstore",
        };
        break;
      }
    }
  },
});
