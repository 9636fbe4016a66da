/** `runtime learn prove`: restarts a workload's container under what was learned of it. */
import { readClock } from "../../core/clock.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { engineProgram } from "../../guards/runtime/learn/engine.ts";
import { proveLearned } from "../../guards/runtime/learn/prove.ts";
import { mergeLearnedFiles } from "../../scan/runtime-learn.ts";
import { knownWord } from "../known-word.ts";
import { tell } from "../serving.ts";
import { chooseWorkloads } from "./learn.ts";
import { nameOf } from "./learned-view.ts";

export interface ProveCommandOptions {
  readonly workload?: string;
  readonly image?: string;
  readonly engine: string;
  readonly engineRuntime?: string;
  readonly with: readonly string[];
  readonly health?: string;
  readonly seconds: string;
  readonly output?: string;
}

/** `bulkhead runtime learn prove FILE [COMMAND…]`: 1 where it did not work, 3 where it could not be tried. */
export async function runtimeLearnProve(
  file: string,
  command: readonly string[],
  options: ProveCommandOptions,
): Promise<number> {
  const learned = mergeLearnedFiles([file]);
  const [workload, ...more] = chooseWorkloads(learned, options.workload);
  if (workload === undefined) throw usageProblem(file, "nothing was learned");
  if (more.length > 0)
    throw usageProblem("runtime learn prove", "one workload at a time", `name it: --workload ${nameOf(workload.of)}`);
  const image = options.image ?? workload.images.flatMap(({ name, id }) => name ?? id ?? [])[0];
  if (image === undefined) throw usageProblem("runtime learn prove", "its image is not known", "name it: --image NAME");
  const engine = knownWord(options.engine, ["podman", "docker"], {
    place: `--engine ${options.engine}`,
    what: "engine",
  });
  const seconds = Number(options.seconds);
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > 86_400)
    throw usageProblem(`--seconds ${options.seconds}`, "not a number of seconds up to 86400");
  try {
    const proven = await proveLearned({
      ...{ workload, image, command, words: options.with, milliseconds: seconds * 1_000, now: () => readClock() },
      engine: engineProgram(engine, options.engineRuntime),
      health: options.health === undefined ? [] : ["sh", "-c", options.health],
    });
    const all = {
      ...learned,
      workloads: learned.workloads.map((each) => (each === workload ? { ...each, proven } : each)),
    };
    writeWhole(options.output ?? file, `${JSON.stringify(all, null, 2)}\n`);
    tell(
      `${nameOf(workload.of)}: worked for ${seconds} s with ${proven.syscalls} system calls, ${proven.capabilities.join(", ") || "no capability"}, a read-only root filesystem; ${proven.refused} was refused`,
    );
    return 0;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    process.stderr.write(`${error.line()}\n`);
    return error.code === "learned.unproven" ? 1 : 3;
  }
}
