/** The list of known bases: `bulkhead image base --learn`, `--list` and `--forget`. */

import { baseOfImage } from "../../collect/image/base.ts";
import { inventoryOfImage } from "../../collect/image/inventory.ts";
import { forgetBase, learnBases, readKnownBases } from "../../collect/image/known-bases.ts";
import { readClock } from "../../core/clock.ts";
import { counted } from "../../core/counted.ts";
import { shortDigest } from "../../core/digest.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { chainIds } from "../../engines/contents/base/chain.ts";
import type { KnownBase } from "../../engines/contents/model.ts";
import { openImage } from "../../engines/oci/open.ts";
import { createProgress, progressLine } from "../progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "../pulling.ts";

/** Takes what a command says to standard output. */
export type Print = (text: string) => void;

/** Reads images and remembers their layers; all of them or, where one cannot be had, none. */
export async function learn(
  references: readonly string[],
  bases: string,
  options: PullingOptions,
  print: Print,
): Promise<ExitCode> {
  const progress = createProgress(process.stderr, options.quiet);
  const cache = await scanCacheOf(options);
  const learnt: KnownBase[] = [];
  try {
    for (const reference of references) {
      const { image } = await openImage(reference, openOptions(options));
      try {
        const context = {
          now: readClock(),
          ...(cache === undefined ? {} : { cache }),
          onProgress: ({ name, done, total }: { name: string; done: number; total?: number }) =>
            progress.update(progressLine(name, done, total)),
        };
        const inventory = await inventoryOfImage(image, context);
        const base = baseOfImage(image, inventory, context);
        const [gap] = base.gaps;
        if (base.state === "absent" || gap !== undefined) {
          const cause = `unknown kind of base image: ${gap?.reason ?? "no evidence"}`;
          throw new Problem({ kind: "input", code: "bases.learn", place: reference, cause });
        }
        const chainId = chainIds(image.config.diffIds).at(-1);
        if (chainId === undefined) {
          throw new Problem({ kind: "input", code: "bases.learn", place: reference, cause: "the image has no layers" });
        }
        const digest = image.indexDigest ?? image.manifestDigest;
        const created = image.config.created;
        learnt.push({
          name: reference,
          ...(digest === undefined ? {} : { digest }),
          chainId,
          layers: image.layers.length,
          kind: base.facts.kind,
          ...(created === undefined || Number.isNaN(Date.parse(created)) ? {} : { created }),
        });
      } finally {
        await image.store.close();
      }
    }
  } finally {
    progress.clear();
    cache?.close();
  }
  learnBases(bases, learnt);
  for (const base of learnt) print(`learnt ${lineOf(base)}\n`);
  return 0;
}

export function listBases(bases: string, print: Print): ExitCode {
  const known = readKnownBases(bases);
  for (const base of known) print(`${lineOf(base)}\n`);
  if (known.length === 0)
    process.stderr.write("no base images recorded (run `bulkhead image base --learn REFERENCE`)\n");
  return 0;
}

export function forget(name: string, bases: string, print: Print): ExitCode {
  const count = forgetBase(bases, name);
  if (count === 0) {
    throw new Problem({
      ...{ kind: "usage", code: "bases.forget", place: name, cause: "no recorded base image of this name" },
      remedy: "`bulkhead image base --list` lists them",
    });
  }
  print(`forgot ${printable(name)}${count === 1 ? "" : `, ${count} entries`}\n`);
  return 0;
}

/** `debian:13-slim  slim  1 layer  sha256:0123456789ab  2026-08-01`. */
function lineOf({ name, kind, layers, chainId, created }: KnownBase): string {
  const parts = [name, kind, counted(layers, "layer"), shortDigest(chainId)];
  return printable([...parts, ...(created === undefined ? [] : [created.slice(0, 10)])].join("  "));
}
