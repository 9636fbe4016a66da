import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { cachesKept } from "./dockerfile/package-caches.ts";

const programs = /^(?:dnf|dnf5|yum|microdnf|tdnf)$/;
const verbs = /^(?:install|localinstall|reinstall|groupinstall|update|upgrade|distro-sync|makecache|module)$/;
const folders = ["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"];

/** Lists and packages of dnf and yum that stay in a layer (dnf(8), `clean`). */
export const dnfCacheKept = dockerfileCheck<"commands">({
  name: "dnf-cache-kept",
  title: "dnf and yum caches left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for `dnf`, `yum`, `microdnf` and `tdnf` that install or update, where the same `RUN` neither runs `clean all`, nor deletes the cache, nor has one mounted.",
    why: "Lists and packages make the image larger and are of no use in it. What a later `RUN` removes stays in the layer.",
    fix: "End the same `RUN` with `&& dnf clean all`, or mount a cache: `--mount=type=cache,target=/var/cache/dnf`.",
    references: ["https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    yield* cachesKept(dockerfile, commands, { programs, verbs, folders, clean: (program) => `${program} clean all` });
  },
});
