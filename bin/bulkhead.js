#!/usr/bin/env node
// Plain JavaScript that any Node since 14 reads, so that an old one can be told what it lacks.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `bulkhead: Bulkhead needs Node 24 or later, and this is ${process.versions.node}; in a clone run it with npx, which takes Node 24 from the lockfile\n`,
  );
  process.exitCode = 2;
} else {
  // What Node compiled is kept for the next start. Not in the shared temporary folder, where others could put it.
  const cache = process.env.XDG_CACHE_HOME || "";
  module.enableCompileCache(join(cache.startsWith("/") ? cache : join(homedir(), ".cache"), "bulkhead", "compiled"));
  // In a clone a run loads more than a thousand files of its own. Each is named whole, from the file that imports it, so
  // that nothing has to be looked for: this spares a fifth of the start.
  const own = new URL("../src/", import.meta.url).href;
  module.registerHooks({
    resolve(specifier, context, next) {
      const isOwn =
        specifier.startsWith(".") && specifier.endsWith(".ts") && context.parentURL?.startsWith(own) === true;
      if (!isOwn) return next(specifier, context);
      return { url: new URL(specifier, context.parentURL).href, format: "module-typescript", shortCircuit: true };
    },
  });
  import("../src/cli/run.ts");
}
