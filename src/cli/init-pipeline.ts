import { join } from "node:path";
import { loadPolicy } from "../collect/policy/load.ts";
import { readClock } from "../core/clock.ts";
import { printable } from "../core/printable.ts";
import { Problem } from "../core/problem.ts";
import { isThere, writeNew } from "../engines/files/write.ts";
import { oldPinsNote } from "../fix/delivery/actions.ts";
import { planFiles } from "../fix/delivery/delivery.ts";
import type { DeliveryFile, Provider } from "../fix/delivery/model.ts";
import { gatherDeliveryFacts, ownText } from "../scan/delivery.ts";
import { knownWord } from "./known-word.ts";
import { namedDirectory } from "./named-place.ts";
import { forStandardOutput, patchOf } from "./patch-output.ts";
import { replaceFile } from "./replace-file.ts";
import { toolVersion } from "./version.ts";

export interface InitPipelineOptions {
  readonly pipeline: string;
  /** A patch is printed, and nothing written. */
  readonly diff: boolean;
  /** Files that an earlier run wrote are replaced. */
  readonly force: boolean;
}

const providers = ["github", "gitlab"] as const satisfies readonly Provider[];

/**
 * `bulkhead init --pipeline PROVIDER [DIR]`: a pipeline from commit to signed image for the Dockerfiles, policy and manifests of the
 * directory. What somebody else wrote is left as it is, and said.
 */
export async function initPipeline(
  dir: string,
  { pipeline, diff, force }: InitPipelineOptions,
  now = readClock(),
): Promise<number> {
  const provider = knownWord(pipeline, providers, { place: `--pipeline ${pipeline}`, what: "provider" });
  const root = namedDirectory(dir);
  const { facts, told } = await gatherDeliveryFacts(root, await loadPolicy({ root }));
  const delivery = planFiles(provider, facts, toolVersion());
  if (delivery.files.length === 0) {
    throw new Problem({
      kind: "input",
      code: "init.no-dockerfile",
      place: dir,
      cause: "no Dockerfile that can be built was found",
      remedy: "name the directory that holds them",
    });
  }
  const changes = delivery.files.map((file) => changeOf(dir, root, file, force || diff));
  if (diff) process.stdout.write(forStandardOutput(changes.map((change) => patchOf(root, change)).join("")));
  else for (const change of changes) write(dir, root, change);
  const say = diff ? process.stderr : process.stdout;
  for (const line of delivery.fill) say.write(`fill in: ${printable(line)}\n`);
  const old = provider === "github" ? oldPinsNote(now) : undefined;
  for (const line of [...told, ...delivery.told, ...(old === undefined ? [] : [old])])
    say.write(`note: ${printable(line)}\n`);
  return 0;
}

interface Change {
  readonly path: string;
  /** Empty: the file is new. */
  readonly before: string;
  readonly after: string;
}

/** All are looked at before one is written. */
function changeOf(dir: string, root: string, { path, text }: DeliveryFile, mayReplace: boolean): Change {
  const place = join(root, path);
  if (!isThere(place)) return { path, before: "", after: text };
  const own = ownText(place);
  if (own !== undefined && mayReplace) return { path, before: own, after: text };
  throw new Problem({
    kind: "usage",
    code: "cli.exists",
    place: join(dir, path),
    cause: "file already exists",
    remedy:
      own !== undefined
        ? "see what would change with --diff, and replace it with --force"
        : "move it away: only what init wrote is replaced",
  });
}

function write(dir: string, root: string, { path, before, after }: Change): void {
  if (before === after) return;
  if (before === "") writeNew(join(root, path), after, { within: [root], folders: true });
  else replaceFile("init", root, { path, before, after });
  process.stdout.write(`${printable(join(dir, path))}\n`);
}
