import { attemptCheck } from "./server/probe-check.ts";

/** A registry from which anyone pulls. */
export const anonymousPull = attemptCheck({
  attempt: "pull",
  title: "Registries that anyone may pull from",
  severity: "medium",
  documentation: {
    what: "A live probe, which only `--probe-registry` starts: lists the tags of a repository without credentials, with a token where the registry gives one to anyone. The repository is the one that is named (`--probe-registry REGISTRY/REPOSITORY`), or the first of a catalogue that anyone may read. Nothing is changed.",
    why: "Images hold code, addresses and now and then secrets.",
    fix: "Turn anonymous pulls off, and give pods and people accounts that may pull what they need.",
  },
  does: "lets anyone pull",
  fix: "turn anonymous pulls off",
});
