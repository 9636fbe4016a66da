/** Which stages end up in the image, and where images come into a file. */
import { wholeName } from "../../../core/image-name.ts";
import type { Dockerfile, ImageName, Instruction, SourceRange, Stage } from "../../../engines/dockerfile/model.ts";

/** The last stage and those that it is built on: what they hold is in the image. Others only lend files. */
export function shippedStages(dockerfile: Dockerfile): ReadonlySet<number> {
  const last = dockerfile.stages.at(-1);
  return new Set(last === undefined ? [] : chainOf(dockerfile, last).map(({ index }) => index));
}

/** What a stage does, in the order in which it does it: first what ONBUILD of the stage triggers that it begins from. */
export function stepsOf({ triggered, instructions }: Stage): readonly Instruction[] {
  return triggered.length === 0 ? instructions : [...triggered, ...instructions];
}

/** The instructions of a file in order, what ONBUILD triggers in its place. */
export function unfolded({ instructions }: Dockerfile): Instruction[] {
  return instructions.map((instruction) => (instruction.keyword === "ONBUILD" ? instruction.instruction : instruction));
}

/** An image that a build pulls. */
export interface ImageUse {
  readonly name: ImageName;
  /** As it is written. */
  readonly written: string;
  /** With variables expanded: `debian:13`. */
  readonly whole: string;
  readonly by: "FROM" | "COPY" | "RUN";
  readonly range: SourceRange;
  readonly stage: number | undefined;
}

/** Every image that FROM, `COPY --from` and `RUN --mount=from=` name. What variables leave open is not among them. */
export function imagesUsed(dockerfile: Dockerfile): ImageUse[] {
  return unfolded(dockerfile).flatMap((instruction): ImageUse[] => {
    const { stage } = instruction;
    switch (instruction.keyword) {
      case "FROM": {
        const { origin, image } = instruction;
        if (origin.kind !== "image") return [];
        const whole = wholeName(origin.name);
        return [
          {
            name: origin.name,
            // What only whoever builds it names says nothing as it is written: `${BASE}`.
            written: image.variables.some((variable) => dockerfile.given?.has(variable)) ? whole : image.text,
            whole,
            by: "FROM",
            range: image.range,
            stage,
          },
        ];
      }
      case "COPY": {
        const { from, flags } = instruction;
        const flag = flags.find(({ name }) => name === "from")?.value;
        if (from?.kind !== "image" || flag === undefined) return [];
        return [
          { name: from.name, written: flag.text, whole: wholeName(from.name), by: "COPY", range: flag.range, stage },
        ];
      }
      case "RUN":
        return instruction.mounts.flatMap(({ from, options, range }) =>
          from?.kind === "image"
            ? [
                {
                  name: from.name,
                  written: options.get("from") ?? "",
                  whole: wholeName(from.name),
                  by: "RUN" as const,
                  range,
                  stage,
                },
              ]
            : [],
        );
      default:
        return [];
    }
  });
}

/** Stages from the one at the bottom to this one: what each of them holds is in this one too. */
export function chainOf({ stages }: Pick<Dockerfile, "stages">, stage: Stage): [Stage, ...Stage[]] {
  const chain = new Set<Stage>();
  let next: Stage | undefined = stage;
  while (next !== undefined && !chain.has(next)) {
    chain.add(next);
    const { origin }: Stage["from"] = next.from;
    next = origin.kind === "stage" ? stages[origin.index] : undefined;
  }
  return [...chain].reverse() as [Stage, ...Stage[]];
}
