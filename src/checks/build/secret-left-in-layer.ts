import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { secretFiles } from "./dockerfile/secret-files.ts";
import { fileAsMount } from "./dockerfile/secret-mounts.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Secrets that are deleted too late (OCI image specification: a layer's file stays when a later one whites it out). */
export const secretLeftInLayer = dockerfileCheck<"commands">({
  name: "secret-left-in-layer",
  title: "Deleted secrets remaining in a layer",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks for files with secrets that one instruction copies or writes and another one deletes, in the last stage and those that it is built on. Not reported: what the same `RUN` writes and deletes.",
    why: "Every instruction makes a layer. The file is gone from the container's view and still in the layer below, which everyone who can pull the image can unpack.",
    fix: "Never let it into a layer: `RUN --mount=type=secret,id=key,target=/root/.ssh/id_ed25519 …`.",
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const stage of dockerfile.stages) {
      if (!shipped.has(stage.index)) continue;
      for (const file of secretFiles(stage)) {
        const { path, what, instruction, range, removed } = file;
        if (removed === undefined || removed.instruction === instruction) continue;
        yield {
          subject: `${instruction.keyword} ${path}`,
          title: `${path} (${what}) is deleted later but remains in the layer`,
          range,
          stage: stage.index,
          fix: {
            text: "pass the secret with RUN --mount=type=secret,id=NAME",
            edits: fileAsMount(dockerfile, stage, file),
          },
          evidence: { deleted: `line ${removed.range.line}` },
        };
      }
    }
  },
});
