import { attemptCheck } from "./server/probe-check.ts";

/** A registry from which anyone pulls. */
export const anonymousPull = attemptCheck({
  attempt: "pull",
  title: "Registries that anyone may pull from",
  severity: "medium",
  documentation: {
    what: "Checks with a live probe, only with `--probe-registry`: lists the tags of a repository without credentials, and with a token where the registry issues one to anyone. The repository is the one given (`--probe-registry REGISTRY/REPOSITORY`), or the first of a catalog that anyone may read. Nothing is changed.",
    why: "Images hold code, addresses and now and then secrets.",
    fix: "Turn anonymous pulls off, and give pods and people accounts that may pull what they need.",
  },
  does: "lets anyone pull",
  fix: "turn anonymous pulls off",
});
