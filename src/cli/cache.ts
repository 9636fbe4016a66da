import { rmSync } from "node:fs";
import { cacheStatus, clearCache } from "../collect/image/cache.ts";
import { clearMetadataCache } from "../collect/packages/cache.ts";
import { printable } from "../core/printable.ts";
import { Problem } from "../core/problem.ts";
import { knownWord } from "./known-word.ts";
import { defaultCache, packagesCache, suitesFolder } from "./paths.ts";

/** `bulkhead cache [status|clear]` */
export function cache(action: string, options: { readonly cache?: string }): number {
  const path = options.cache ?? defaultCache();
  switch (knownWord(action, ["status", "clear"], { place: `cache ${action}`, what: "action" })) {
    case "clear":
      clearCache(path);
      rmSync(suitesFolder(options.cache), { recursive: true, force: true });
      clearMetadataCache(packagesCache(options.cache));
      process.stdout.write(`${printable(path)} is empty\n`);
      return 0;
    case "status": {
      const status = cacheStatus(path);
      if (status === undefined) {
        throw new Problem({ kind: "usage", code: "cli.cache", place: path, cause: "the cache cannot be opened" });
      }
      const { layers, images, bytes } = status;
      process.stdout.write(`${printable(path)}: ${layers} layers, ${images} images, ${(bytes / 1e6).toFixed(1)} MB\n`);
      return 0;
    }
  }
}
