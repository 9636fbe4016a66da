import { rmSync } from "node:fs";
import { cacheStatus, clearCache, pruneScanCache } from "../collect/image/cache.ts";
import { cacheLimits } from "../collect/image/cache-upkeep.ts";
import { clearMetadataCache } from "../collect/packages/cache.ts";
import { readClock } from "../core/clock.ts";
import { counted } from "../core/counted.ts";
import { printable } from "../core/printable.ts";
import { Problem, usageProblem } from "../core/problem.ts";
import { pruneCompiled, sizeOfCompiled } from "./compiled-code.ts";
import { knownWord } from "./known-word.ts";
import { compiledFolder, defaultCache, packagesCache, suitesFolder } from "./paths.ts";

export interface CacheOptions {
  readonly cache?: string;
  /** Days; as it was written. */
  readonly olderThan?: string;
  /** MB; as it was written. */
  readonly maxSize?: string;
}

/** `bulkhead cache [status|prune|clear]` */
export function cache(action: string, options: CacheOptions, now = readClock()): number {
  const path = options.cache ?? defaultCache();
  const known = knownWord(action, ["status", "prune", "clear"], { place: `cache ${action}`, what: "action" });
  if (known !== "prune" && (options.olderThan !== undefined || options.maxSize !== undefined)) {
    throw usageProblem(`cache ${action}`, "--older-than and --max-size apply to prune");
  }
  switch (known) {
    case "clear":
      clearCache(path);
      rmSync(suitesFolder(options.cache), { recursive: true, force: true });
      clearMetadataCache(packagesCache(options.cache));
      if (options.cache === undefined) rmSync(compiledFolder(), { recursive: true, force: true });
      process.stdout.write(`${printable(path)} is empty\n`);
      return 0;
    case "prune": {
      const limits = {
        days: numberOf("--older-than", options.olderThan) ?? cacheLimits.days,
        bytes: (numberOf("--max-size", options.maxSize) ?? cacheLimits.bytes / MB) * MB,
      };
      const pruned = pruneScanCache(path, limits, now);
      if (pruned === undefined) throw unusable(path);
      const { entries, bytes } = pruned;
      process.stdout.write(
        `${printable(path)}: ${counted(entries, "entry", "entries")} removed, ${size(bytes)} freed\n`,
      );
      if (options.cache === undefined) {
        const compiled = pruneCompiled(compiledFolder(), limits.days, now);
        const told = `${counted(compiled.files, "file")} removed, ${size(compiled.bytes)} freed`;
        process.stdout.write(`${printable(compiledFolder())}: compiled code: ${told}\n`);
      }
      return 0;
    }
    case "status": {
      const status = cacheStatus(path);
      if (status === undefined) throw unusable(path);
      const { layers, images, secrets, bytes, oldest } = status;
      const held = [counted(layers, "layer"), counted(images, "image"), `secrets of ${secrets}`].join(", ");
      const used =
        oldest === null ? "" : `, the oldest last used ${new Date(oldest * 1000).toISOString().slice(0, 10)}`;
      process.stdout.write(
        `${printable(path)}: ${held}, ${size(bytes)}${used}\nremoved: entries unused for ${cacheLimits.days} days, and the oldest over ${size(cacheLimits.bytes)}\n`,
      );
      if (options.cache === undefined) {
        process.stdout.write(
          `${printable(compiledFolder())}: compiled code, ${size(sizeOfCompiled(compiledFolder()))}\n`,
        );
      }
      return 0;
    }
  }
}

const MB = 1e6;

function size(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}

function unusable(path: string): Problem {
  return new Problem({ kind: "usage", code: "cli.cache", place: path, cause: "the cache cannot be opened" });
}

function numberOf(option: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw usageProblem(`${option} ${written}`, "not a whole number");
}
