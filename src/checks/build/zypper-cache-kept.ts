import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { cachesKept } from "./dockerfile/package-caches.ts";

const programs = /^zypper$/;
const verbs = /^(?:install|in|update|up|refresh|ref|patch|dist-upgrade|dup)$/;
const folders = ["/var/cache/zypp", "/var/cache/zypper"];

/** Lists and packages of zypper that stay in a layer (zypper(8), `clean`). */
export const zypperCacheKept = dockerfileCheck<"commands">({
  name: "zypper-cache-kept",
  title: "zypper cache left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for `zypper` that installs, updates or refreshes, where the same `RUN` neither runs `zypper clean`, nor deletes the cache, nor has one mounted.",
    why: "Lists and packages make the image larger and are of no use in it. What a later `RUN` removes stays in the layer.",
    fix: "End the same `RUN` with `&& zypper clean --all`.",
    references: ["https://en.opensuse.org/SDB:Zypper_manual"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    yield* cachesKept(dockerfile, commands, { programs, verbs, folders, clean: () => "zypper clean --all" });
  },
});
