import type { Pair } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { argAsMount } from "./dockerfile/secret-mounts.ts";
import { isSecretName } from "./dockerfile/secret-names.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** What a secret is called in a store: Google Secret Manager, AWS Secrets Manager and SSM. */
const STORED =
  /^projects\/[^/\s]{1,64}\/secrets\/[^/\s]{1,255}(?:\/versions\/[^/\s]{1,20})?$|^arn:aws[\w-]{0,10}:(?:secretsmanager|ssm):/;

/** Empty, a switch, a small number, a path or a name in a store is no secret. */
function isHarmless({ value }: Pair): boolean {
  const text = value?.value ?? value?.text;
  if (text !== undefined && STORED.test(text)) return true;
  return text !== undefined && /^(?:|true|false|yes|no|on|off|none|null|\d{1,4}|\/[\w./-]*)$/i.test(text);
}

/** Secrets by the names of ARG and ENV: both stay in the image's history and configuration. */
export const secretInArgOrEnv = dockerfileCheck({
  name: "secret-in-arg-or-env",
  title: "Secrets in ARG or ENV",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks the names that `ARG` and `ENV` set: those with a word for a password, token or private key in them are reported, unless they name a file or a setting, or what they are set to is empty, a switch, a path or a secret's name in a store.",
    why: "The values of `ENV` are in the image's configuration, and those of `ARG` in its history and provenance. Everyone who can pull the image can read them.",
    fix: "Hand it to the one `RUN` that needs it: `RUN --mount=type=secret,id=token …` and `docker build --secret id=token`. At run time, mount it or let the orchestrator set it.",
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ARG" && instruction.keyword !== "ENV") continue;
      for (const pair of instruction.pairs) {
        const { name } = pair;
        if (!isSecretName(name.text) || isHarmless(pair)) continue;
        yield {
          subject: `${instruction.keyword} ${name.text}`,
          // Without a value there is nothing that could be another.
          unrecorded: pair.value === undefined ? undefined : true,
          title: `Secret ${name.text} is stored in the image by ${instruction.keyword}`,
          // Of the name alone: the value is not shown.
          range: name.range,
          stage: instruction.stage,
          fix: {
            text: "pass the secret with RUN --mount=type=secret,id=NAME",
            edits: argAsMount(dockerfile, instruction, pair),
          },
        };
      }
    }
  },
});
