#!/usr/bin/env node
// Plain JavaScript that any Node since 14 reads, so that an old one can be told what it lacks.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `bulkhead: Bulkhead needs Node 24 or later, and this is ${process.versions.node}; in a clone run it with npx, which takes Node 24 from the lock file\n`,
  );
  process.exitCode = 2;
} else {
  // What Node compiled is kept for the next start. Not in the shared temporary folder, where others could put it.
  const cache = process.env.XDG_CACHE_HOME || "";
  module.enableCompileCache(join(cache.startsWith("/") ? cache : join(homedir(), ".cache"), "bulkhead", "compiled"));
  import("../src/cli/run.ts");
}
