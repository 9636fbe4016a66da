import type { TransferInstruction } from "../../engines/dockerfile/model.ts";
import { cleaned, ignoreRules } from "./dockerfile/ignored.ts";
import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { secretFiles } from "./dockerfile/secret-files.ts";
import { sensitiveFile } from "./dockerfile/secret-names.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const fix = "add the file to .dockerignore; pass the secret with RUN --mount=type=secret,id=NAME";

/** Files of the context that the copy of a folder takes along. */
function* takenAlong(instruction: TransferInstruction, seen: readonly string[]): Generator<Detection> {
  for (const { value, text, range } of instruction.sources) {
    const folder = cleaned(value ?? text);
    if (value === undefined || /[*?[]/.test(folder)) continue;
    for (const file of seen) {
      const kind = sensitiveFile(file);
      const within = folder === "" || file.startsWith(`${folder}/`);
      if (kind === undefined || !within) continue;
      yield {
        subject: `${instruction.keyword} ${text} with ${file}`,
        title: `${instruction.keyword} ${text} includes ${file} (${kind.what})`,
        severity: kind.certain ? "high" : "medium",
        range,
        stage: instruction.stage,
        fix: `add ${file} to .dockerignore`,
      };
    }
  }
}

/** Files with secrets that are copied into the image (Docker's documentation, "Build secrets"). */
export const secretFileCopied = dockerfileCheck<"commands" | "context">({
  name: "secret-file-copied",
  title: "Secret files copied into the image",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks what `COPY` and `ADD` bring from the build context into the last stage and those that it is built on: SSH keys, `.netrc`, cloud and cluster credentials, private keys, Terraform's state and their like by name. Where a directory is copied, such files in the directory of the Dockerfile count, unless `.dockerignore` leaves them out. Files that often hold a secret and may not (`.npmrc`, `.env`, `*.key`, `.git`) are of severity medium. Not reported: public keys and samples.",
    why: "Everyone who can pull the image can read the file, from its layer also after a later instruction has deleted it.",
    fix: "Name the file in `.dockerignore`. Where the build needs it, `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc …` gives it to one instruction and keeps nothing.",
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/build/concepts/context/#dockerignore-files",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial", context: "partial" },
  *detect({ dockerfile, context }) {
    const shipped = shippedStages(dockerfile);
    const ignored = ignoreRules(context);
    const seen = (context.sensitiveFiles ?? []).filter((file) => ignored(file) === "no");
    for (const stage of dockerfile.stages) {
      if (!shipped.has(stage.index)) continue;
      for (const file of secretFiles(stage)) {
        // One that a later instruction deletes is another check's.
        if (file.by !== "copied" || file.removed !== undefined || ignored(file.written) === "yes") {
          continue;
        }
        yield {
          subject: `${file.instruction.keyword} ${file.written}`,
          title: `${file.written} (${file.what}) is copied into the image`,
          severity: file.certain ? "high" : "medium",
          range: file.range,
          stage: stage.index,
          fix,
        };
      }
      for (const instruction of stage.instructions) {
        if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") continue;
        if (instruction.from === undefined) yield* takenAlong(instruction, seen);
      }
    }
  },
});
