import type { Instruction, Origin, SourceRange } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

interface Reference {
  readonly origin: Origin;
  readonly written: string;
  readonly range: SourceRange;
  readonly by: string;
}

function referencesOf(instruction: Instruction): Reference[] {
  if (instruction.keyword === "COPY") {
    const flag = instruction.flags.find(({ name }) => name === "from")?.value;
    const { from: origin } = instruction;
    if (flag === undefined || origin === undefined) return [];
    return [{ origin, written: flag.value ?? flag.text, range: flag.range, by: "COPY --from" }];
  }
  if (instruction.keyword === "FROM") {
    const { origin, image } = instruction;
    return [{ origin, written: image.value ?? image.text, range: image.range, by: "FROM" }];
  }
  if (instruction.keyword !== "RUN") return [];
  return instruction.mounts.flatMap(({ from, options, range }) =>
    from === undefined ? [] : [{ origin: from, written: options.get("from") ?? "", range, by: "RUN --mount" }],
  );
}

/** What is wrong with a name that no stage so far has. */
function wrong(byName: ReadonlyMap<string, number>, stage: number, { written, by }: Reference): string | undefined {
  if (by !== "FROM" && /^\d+$/.test(written)) {
    return Number(written) === stage ? "is the stage itself" : "is the number of no stage before it";
  }
  const named = byName.get(written.toLowerCase());
  if (named === undefined) return undefined;
  // A stage is often named for the image that it begins from: `FROM nginx AS nginx`.
  if (named <= stage) return undefined;
  return "is a stage that comes later, so an image of that name is pulled";
}

/** Names of stages that are none where they are used (Dockerfile reference, `COPY --from`). */
export const unknownStage = dockerfileCheck({
  name: "unknown-stage",
  title: "References to unknown stages",
  severity: "medium",
  documentation: {
    what: "Checks what `FROM`, `COPY --from` and `RUN --mount=from=` name: the stage itself, a stage that comes later, and a number of no earlier stage are reported.",
    why: "Where no earlier stage has the name, it is pulled from a registry as an image. Anyone who owns that name there puts files into the build.",
    fix: "Name an earlier stage, or move the stage up.",
    references: ["https://docs.docker.com/reference/dockerfile/#copy---from"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const byName = new Map<string, number>();
    for (const { name, index } of dockerfile.stages) if (name !== undefined) byName.set(name, index);
    for (const instruction of unfolded(dockerfile)) {
      const { stage } = instruction;
      if (stage === undefined) continue;
      for (const reference of referencesOf(instruction)) {
        const { origin } = reference;
        const itself = origin.kind === "stage" && origin.index === stage;
        if (origin.kind !== "image" && !itself) continue;
        const what = itself ? "is the stage itself" : wrong(byName, stage, reference);
        if (what === undefined) continue;
        const { by, written, range } = reference;
        yield { subject: `${by} ${written}`, title: `${written} ${what}`, range, stage, fix: "name an earlier stage" };
      }
    }
  },
});
